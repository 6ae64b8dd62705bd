//! The fewest moves that put a path's certificates in order.

use std::fmt;

/// How to mend the order of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    /// What to move, in this sequence; empty where the order is right.
    pub moves: Vec<Move>,
}

/// One certificate to move; certificates are counted as they stand now, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Which one.
    pub certificate: usize,
    /// Where to.
    pub to: Target,
}

/// Where a certificate belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Right before this one.
    Before(usize),
    /// Behind all of the path.
    End,
}

impl fmt::Display for Move {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Target::Before(other) => {
                write!(
                    formatter,
                    "move certificate {} before {other}",
                    self.certificate
                )
            }
            Target::End => write!(
                formatter,
                "move certificate {} to the end",
                self.certificate
            ),
        }
    }
}

/// The fewest moves for a path whose certificates bear these numbers in the file, leaf first.
pub(super) fn mend(numbers: &[usize]) -> Order {
    let stay = longest_rising(numbers);
    // From the top down, so that the one to stand before is in its place already.
    let moves = numbers
        .iter()
        .enumerate()
        .rev()
        .filter(|(at, _)| !stay.contains(at))
        .map(|(at, certificate)| {
            let above = numbers.get(at.saturating_add(1));
            let to = above.map_or(Target::End, |above| Target::Before(*above));
            Move {
                certificate: *certificate,
                to,
            }
        });
    Order {
        moves: moves.collect(),
    }
}

/// Positions of a longest rising subsequence (quadratic; paths are short, see `path`).
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    // For each position the longest rising run that ends there.
    let mut runs: Vec<Vec<usize>> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let before = runs
            .iter()
            .filter(|run| {
                run.last()
                    .and_then(|last| numbers.get(*last))
                    .is_some_and(|last| last < number)
            })
            .max_by_key(|run| run.len());
        let mut run = before.cloned().unwrap_or_default();
        run.push(at);
        runs.push(run);
    }
    runs.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(numbers: &[usize]) -> String {
        let moves: Vec<String> = mend(numbers)
            .moves
            .iter()
            .map(ToString::to_string)
            .collect();
        moves.join(", ")
    }

    #[test]
    fn an_order_that_is_right_needs_no_move() {
        assert_eq!(moves(&[1, 2, 3]), "");
        assert_eq!(moves(&[2, 5]), "");
        assert_eq!(moves(&[]), "");
    }

    #[test]
    fn one_certificate_out_of_place_is_one_move() {
        // The root stands in the middle.
        assert_eq!(mend(&[1, 3, 2]).moves.len(), 1);
        // The root stands first.
        assert_eq!(moves(&[2, 3, 1]), "move certificate 1 to the end");
        // The leaf stands last.
        assert_eq!(moves(&[3, 1, 2]), "move certificate 3 before 1");
    }

    #[test]
    fn a_reversed_pair_is_one_move_and_a_reversed_triple_two() {
        assert_eq!(mend(&[2, 1]).moves.len(), 1);
        assert_eq!(mend(&[3, 2, 1]).moves.len(), 2);
    }

    #[test]
    fn carrying_out_the_moves_gives_the_order() {
        for numbers in [
            vec![3, 2, 1],
            vec![2, 4, 1, 3],
            vec![4, 1, 3, 2],
            vec![2, 1, 4, 3],
        ] {
            let mut file: Vec<usize> = (1..=numbers.len()).collect();
            for step in mend(&numbers).moves {
                file.retain(|number| *number != step.certificate);
                let at = match step.to {
                    Target::Before(other) => file.iter().position(|n| *n == other).unwrap(),
                    Target::End => file.len(),
                };
                file.insert(at, step.certificate);
            }
            assert_eq!(file, numbers);
        }
    }
}
