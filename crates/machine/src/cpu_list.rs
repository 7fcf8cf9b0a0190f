//! Lists of processors as the kernel and `taskset` write them.

/// Above any processor's number; a typing error must not fill the memory.
const NUMBER_LIMIT: u32 = 1 << 16;

/// A text that is no list of processors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no list of processors: write numbers and ranges, such as 0-3,7")]
pub struct CpuListError(pub String);

/// Reads a list such as `0-3,7`; returns the numbers in ascending order, each
/// once.
///
/// # Errors
/// When the text is empty, a range runs backwards, or anything is no number
/// below 65,536.
pub fn parse_cpu_list(text: &str) -> Result<Vec<u32>, CpuListError> {
    let mut cpus = Vec::new();
    for part in text.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => cpus.extend(first..=last),
            _ => return Err(CpuListError(text.to_owned())),
        }
    }
    cpus.sort_unstable();
    cpus.dedup();
    Ok(cpus)
}

fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
        .filter(|&number| number < NUMBER_LIMIT)
}

/// Writes a list in the shortest form, `0-3,7`; empty for no processor.
#[must_use]
pub fn format_cpu_list(cpus: &[u32]) -> String {
    let mut cpus = cpus.to_vec();
    cpus.sort_unstable();
    cpus.dedup();
    cpus.chunk_by(|&a, &b| a + 1 == b)
        .map(|run| match run {
            [single] => single.to_string(),
            [first, .., last] => format!("{first}-{last}"),
            [] => String::new(),
        })
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lists_are_read_as_the_kernel_writes_them() {
        assert_eq!(parse_cpu_list("0-3,7\n"), Ok(vec![0, 1, 2, 3, 7]));
        assert_eq!(parse_cpu_list("5"), Ok(vec![5]));
        assert_eq!(parse_cpu_list("4, 1-2,2"), Ok(vec![1, 2, 4]));
        assert_eq!(format_cpu_list(&[7, 3, 2, 1, 0, 3]), "0-3,7");
        assert_eq!(format_cpu_list(&[0, 2, 3]), "0,2-3");
        assert_eq!(format_cpu_list(&[]), "");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "", " ", "a", "3-1", "1,", ",1", "1-", "-1", "1-2-3", "+1", "0-65536", "1;2",
        ] {
            assert_eq!(
                parse_cpu_list(text),
                Err(CpuListError(text.to_owned())),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(cpus in prop::collection::btree_set(0u32..2048, 1..40)) {
            let cpus: Vec<u32> = cpus.into_iter().collect();
            prop_assert_eq!(parse_cpu_list(&format_cpu_list(&cpus)), Ok(cpus));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            if let Ok(cpus) = parse_cpu_list(&text) {
                prop_assert!(cpus.is_sorted_by(|a, b| a < b) && !cpus.is_empty());
            }
        }
    }
}
