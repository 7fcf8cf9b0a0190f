//! Tie groups as letters.

/// Gives rows letters such that two rows share a letter exactly when
/// `are_tied` says so (a compact letter display). `are_tied` must be symmetric;
/// a row is tied with itself.
///
/// Being tied is not transitive: `a` may be tied with `ab`, `ab` with `b`, and
/// `a` differ from `b`. So the letters are a cover of all tied pairs by groups
/// whose members are all tied with each other. The cover is built greedily in
/// the order of the rows, best first: every group is as large as it can be, and
/// the number of groups is at most that of tied pairs and rows.
#[must_use]
pub fn tie_letters(rows: usize, are_tied: impl Fn(usize, usize) -> bool) -> Vec<String> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for first in 0..rows {
        for second in first..rows {
            let tied = first == second || are_tied(first, second);
            let covered = groups
                .iter()
                .any(|group| group.contains(&first) && group.contains(&second));
            let alone_later =
                first == second && (0..rows).any(|row| row != first && are_tied(first, row));
            if tied && !covered && !alone_later {
                groups.push(grown(rows, first, second, &are_tied));
            }
        }
    }
    groups.sort();
    let mut letters = vec![String::new(); rows];
    for (index, group) in groups.iter().enumerate() {
        for row in group {
            letters[*row].push_str(&letter(index));
        }
    }
    letters
}

fn grown(
    rows: usize,
    first: usize,
    second: usize,
    are_tied: impl Fn(usize, usize) -> bool,
) -> Vec<usize> {
    let mut group = vec![first];
    if second != first {
        group.push(second);
    }
    for row in 0..rows {
        if !group.contains(&row) && group.iter().all(|member| are_tied(*member, row)) {
            group.push(row);
        }
    }
    group.sort_unstable();
    group
}

/// `a` to `z`, `A` to `Z`, then numbers in brackets.
fn letter(index: usize) -> String {
    let alphabet = (b'a'..=b'z').chain(b'A'..=b'Z').map(char::from);
    match alphabet.clone().nth(index) {
        Some(letter) => letter.to_string(),
        None => format!("({})", index + 1),
    }
}
