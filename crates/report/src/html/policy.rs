//! What a browser may do with the page: show it, run its own script, nothing
//! else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// A Content-Security-Policy under which no request can leave, and only these
/// styles and scripts count.
pub(super) fn policy(styles: &[&str], scripts: &[&str]) -> String {
    let list = |texts: &[&str]| {
        let hashes: Vec<String> = texts.iter().map(|text| hash(text)).collect();
        hashes.join(" ")
    };
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        list(styles),
        list(scripts)
    )
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// JSON that may stand inside a script element: nothing in it ends the element.
pub(super) fn json_in_html(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, Content Security Policy Level 3.
    #[test]
    fn hashes_are_those_that_browsers_compute() {
        assert_eq!(
            hash("doSomething();"),
            "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"
        );
    }

    #[test]
    fn json_cannot_end_its_element() {
        let json = json_in_html("[\"</script><b>\"]");
        assert_eq!(json, "[\"\\u003c/script>\\u003cb>\"]");
        let back: Vec<String> = serde_json::from_str(&json).unwrap();
        assert_eq!(back, ["</script><b>"]);
    }
}
