//! A line diff, small and plain.

/// Which side a line is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Both,
    /// Only in the first text.
    Old,
    /// Only in the second text.
    New,
}

/// The lines of both texts in order, by a longest common subsequence.
pub fn diff<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Side, &'a str)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut longest = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] = if a[i] == b[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let mut rows: Vec<(Side, &str)> = old[..head].iter().map(|line| (Side::Both, *line)).collect();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            rows.push((Side::Both, a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            rows.push((Side::Old, a[i]));
            i += 1;
        } else {
            rows.push((Side::New, b[j]));
            j += 1;
        }
    }
    rows.extend(
        old[old.len() - tail..]
            .iter()
            .map(|line| (Side::Both, *line)),
    );
    rows
}

/// The changed lines with one line around them, `-` expected and `+` found; empty if equal.
pub fn print(old: &[&str], new: &[&str]) -> String {
    let rows = diff(old, new);
    let changed = |at: usize| rows.get(at).is_some_and(|(side, _)| *side != Side::Both);
    let mut out = String::new();
    let mut skipped = false;
    for (at, (side, line)) in rows.iter().enumerate() {
        let near = at.checked_sub(1).is_some_and(changed);
        if !(near || changed(at) || changed(at + 1)) {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            out.push_str("  ⋯\n");
        }
        let mark = match side {
            Side::Both => "  ",
            Side::Old => "- ",
            Side::New => "+ ",
        };
        out.push_str(mark);
        out.push_str(line);
        out.push('\n');
    }
    if rows.iter().all(|(side, _)| *side == Side::Both) {
        String::new()
    } else {
        out
    }
}
