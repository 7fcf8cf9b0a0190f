//! What the first bytes of an answer say besides its status: a line that the
//! request has put there, a second response.

/// The name of the header that requests try to put into the response.
pub(super) const PLANTED: &str = "X-Planted";

/// So much of a planted line is told.
const MOST_TOLD: usize = 120;

/// The head of a message of HTTP, and what is behind it.
pub(super) fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    const END: &[u8] = b"\r\n\r\n";
    let at = bytes.windows(END.len()).position(|it| it == END)?;
    Some((&bytes[..at], &bytes[at + END.len()..]))
}

/// The status in the first line of a response.
pub(super) fn status_of(line: &str) -> Option<u16> {
    let (version, rest) = line.split_once(' ')?;
    let status = rest.split(' ').next()?;
    version
        .starts_with("HTTP/1.")
        .then(|| status.parse().ok())?
}

/// The line of the response's head that no server writes by itself: it has the
/// planted name, or bytes that no line of a response may have. The parts of a
/// lone CR or LF are lines as well, because that is how some clients read them.
pub(super) fn planted(answer: &[u8]) -> Option<String> {
    let (head, _) = split_head(answer).unwrap_or((answer, &[]));
    let is_planted = |line: &&[u8]| {
        let line = line.trim_ascii_start();
        line.get(..PLANTED.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(PLANTED.as_bytes()))
            || line.iter().any(|&byte| byte == 0 || byte >= 0x80)
    };
    let line = head
        .split(|&byte| byte == b'\r' || byte == b'\n')
        .find(is_planted)?;
    Some(
        String::from_utf8_lossy(line)
            .chars()
            .take(MOST_TOLD)
            .collect(),
    )
}

/// The status of a second response behind the first one.
pub(super) fn second_status(answer: &[u8]) -> Option<u16> {
    let (head, rest) = final_head(answer)?;
    let (second, _) = split_head(behind_body(&head, rest)?)?;
    status_of(&first_line(second))
}

/// The head of the first response that is no interim one.
fn final_head(answer: &[u8]) -> Option<(String, &[u8])> {
    let mut left = answer;
    loop {
        let (head, rest) = split_head(left)?;
        match status_of(&first_line(head))? {
            100 | 102..200 => left = rest,
            _ => return Some((String::from_utf8_lossy(head).into_owned(), rest)),
        }
    }
}

fn first_line(head: &[u8]) -> String {
    let line = head.split(|&byte| byte == b'\r').next();
    String::from_utf8_lossy(line.unwrap_or_default()).into_owned()
}

/// What is behind a response's body. Where its length is not told, it ends with
/// the connection; what looks like a response is one all the same.
fn behind_body<'a>(head: &str, rest: &'a [u8]) -> Option<&'a [u8]> {
    let value = |name: &str| {
        head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    if value("Transfer-Encoding").is_some() {
        const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
        let at = rest
            .windows(LAST_CHUNK.len())
            .position(|it| it == LAST_CHUNK)?;
        return Some(&rest[at + LAST_CHUNK.len()..]);
    }
    match value("Content-Length").and_then(|length| length.parse().ok()) {
        Some(length) => rest.get(length..),
        None => Some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_put_into_a_response_is_found() {
        for (answer, line) in [
            ("HTTP/1.1 101 Yes\r\nServer: x\r\n\r\n", None),
            ("HTTP/1.1 400 No\r\n\r\nX-Planted: in the body", None),
            ("HTTP/1.1 101 Yes\r\nOrigin: a X-Planted: 1\r\n\r\n", None),
            (
                "HTTP/1.1 101 Yes\r\nP: chat\r\nx-planted: 1\r\n\r\n",
                Some("x-planted: 1"),
            ),
            (
                "HTTP/1.1 101 Yes\r\nP: chat\nX-Planted: 1\r\n\r\n",
                Some("X-Planted: 1"),
            ),
            ("HTTP/1.1 101 Yes\r\nP: a\rX-Planted", Some("X-Planted")),
            (
                "HTTP/1.1 101 Yes\r\nP: a\r\n\tX-Planted: 1\r\n\r\n",
                Some("\tX-Planted: 1"),
            ),
            ("HTTP/1.1 101 Yes\r\nP: a\0\r\n\r\n", Some("P: a\0")),
            ("HTTP/1.1 101 Yes\r\nP: é\r\n\r\n", Some("P: é")),
            ("", None),
        ] {
            assert_eq!(planted(answer.as_bytes()).as_deref(), line, "{answer:?}");
        }
    }

    #[test]
    fn a_second_response_is_told_from_a_body() {
        for (answer, second) in [
            ("HTTP/1.1 400 No\r\n\r\n", None),
            ("HTTP/1.1 101 Yes\r\n\r\n\u{1}\u{2}hi", None),
            ("HTTP/1.1 101 Yes\r\n\r\nHTTP/1.1 404 No\r\n\r\n", Some(404)),
            (
                "HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\nnoHTTP/1.0 200 Yes\r\n\r\n",
                Some(200),
            ),
            (
                "HTTP/1.1 400 No\r\ncontent-length: 19\r\n\r\nHTTP/1.1 400 No\r\n\r\n",
                None,
            ),
            (
                "HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\nHTTP/1.1 400 No\r\n\r\n",
                Some(400),
            ),
            ("HTTP/1.1 400 No\r\n\r\nHTTP/1.1 400 No", None),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Yes\r\n\r\n",
                None,
            ),
            ("SSH-2.0\r\n\r\nHTTP/1.1 400 No\r\n\r\n", None),
        ] {
            assert_eq!(second_status(answer.as_bytes()), second, "{answer:?}");
        }
    }
}
