//! Which names a contender may have.

use crate::exit::UsageError;

/// Names are columns of tables.
const MOST_BYTES: usize = 40;

/// Refuses a name that can't be a package's, or is taken.
pub(crate) fn check_name(name: &str, taken: &[&str]) -> Result<(), UsageError> {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let refuse = |reason: String| Err(UsageError(format!("the name {name:?} {reason}")));
    if !name.starts_with(|first: char| first.is_ascii_lowercase())
        || name.ends_with('-')
        || name.contains("--")
        || !name.bytes().all(is_fine)
    {
        return refuse(
            "can't be a contender's: use lowercase letters, digits and single hyphens, and a \
             letter first, such as my-library"
                .to_owned(),
        );
    }
    if name.len() > MOST_BYTES {
        return refuse(format!(
            "is too long for a table: use {MOST_BYTES} characters or fewer"
        ));
    }
    if name.starts_with("echo-") {
        return refuse("begins with echo-, which the package's name gets by itself".to_owned());
    }
    if taken.contains(&name) {
        return refuse(format!(
            "is taken; there are {}: choose another, such as {name}-tokio",
            taken.join(", ")
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str) -> String {
        check_name(name, &["tungstenite", "raw-tcp"])
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn names_of_packages_are_fine() {
        for name in ["yawc", "ws2", "tungstenite-tokio", "a"] {
            check_name(name, &["tungstenite"]).unwrap();
        }
    }

    #[test]
    fn others_are_refused_with_what_to_do() {
        for name in [
            "", "-a", "a-", "a--b", "A", "a b", "a/b", "..", "ä", "2a", "a_b",
        ] {
            assert!(refused(name).contains("lowercase"), "{name:?}");
        }
        assert!(refused(&"a".repeat(41)).contains("40"));
        assert!(refused("echo-mine").contains("echo-"));
        let taken = refused("tungstenite");
        assert!(taken.contains("raw-tcp") && taken.contains("choose another"));
    }
}
