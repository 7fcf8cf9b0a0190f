//! Processors for servers and for the load generator.

use crate::exit::UsageError;

/// Which processors are used for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Processors {
    /// For servers.
    pub(super) server: Vec<u32>,
    /// For the generator.
    pub(super) client: Vec<u32>,
}

/// The processors on the core of one, or `None` where the kernel doesn't tell.
pub(super) fn siblings(cpu: u32) -> Option<Vec<u32>> {
    machine::thread_siblings(cpu).ok()
}

/// As given; else, of those allowed, the first for servers and for the generator
/// one of another core, where there is one.
pub(super) fn choose(
    allowed: &[u32],
    server: Option<&[u32]>,
    client: Option<&[u32]>,
    siblings: impl Fn(u32) -> Option<Vec<u32>>,
) -> Result<Processors, UsageError> {
    for (flag, given) in [("--server-cpus", server), ("--client-cpus", client)] {
        let given = given.unwrap_or_default();
        if let Some(cpu) = given.iter().find(|cpu| !allowed.contains(cpu)) {
            return Err(UsageError(format!(
                "{flag}: processor {cpu} is not available; there are {}",
                machine::format_cpu_list(allowed)
            )));
        }
    }
    let free = |taken: &[u32]| -> Vec<u32> {
        let others = || allowed.iter().filter(|cpu| !taken.contains(cpu));
        let of_another_core = others().find(|&&cpu| {
            siblings(cpu).is_some_and(|core| core.iter().all(|cpu| !taken.contains(cpu)))
        });
        let chosen = of_another_core
            .or_else(|| others().next())
            .or(allowed.first());
        chosen.copied().into_iter().collect()
    };
    let (server, client) = match (server, client) {
        (Some(server), Some(client)) => (server.to_vec(), client.to_vec()),
        (Some(server), None) => (server.to_vec(), free(server)),
        (None, Some(client)) => (free(client), client.to_vec()),
        (None, None) => {
            let server: Vec<u32> = allowed.first().copied().into_iter().collect();
            let client = free(&server);
            (server, client)
        }
    };
    Ok(Processors { server, client })
}

impl Processors {
    /// Whether servers and generator have a processor in common.
    pub(super) fn are_shared(&self) -> bool {
        self.server.iter().any(|cpu| self.client.contains(cpu))
    }

    /// Whether servers and generator have a core in common; `None` where that
    /// can't be known.
    pub(super) fn share_a_core(&self, siblings: impl Fn(u32) -> Option<Vec<u32>>) -> Option<bool> {
        if self.are_shared() {
            return Some(true);
        }
        let mut is_known = true;
        for &cpu in &self.server {
            match siblings(cpu) {
                Some(core) if core.iter().any(|cpu| self.client.contains(cpu)) => {
                    return Some(true);
                }
                Some(_) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(false)
    }

    /// What is to be said of the choice, if anything.
    pub(super) fn warning(
        &self,
        siblings: impl Fn(u32) -> Option<Vec<u32>>,
    ) -> Option<&'static str> {
        if self.are_shared() {
            Some(
                "server and load generator share a processor: they take time from each other, \
                 so throughput and latency say little; CPU time per message still counts. \
                 Use a machine with two processors, or --server-cpus and --client-cpus",
            )
        } else if self.share_a_core(siblings) == Some(true) {
            Some(
                "server and load generator run on two threads of one core: each slows the other \
                 down, CPU time per message included. Use a machine with two cores, or \
                 --server-cpus and --client-cpus",
            )
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every processor is a core.
    fn cores(cpu: u32) -> Option<Vec<u32>> {
        Some(vec![cpu])
    }

    /// Two threads on each core, with neighbouring numbers.
    fn pairs(cpu: u32) -> Option<Vec<u32>> {
        Some(vec![cpu & !1, cpu | 1])
    }

    fn chosen(
        allowed: &[u32],
        server: Option<&[u32]>,
        client: Option<&[u32]>,
        siblings: fn(u32) -> Option<Vec<u32>>,
    ) -> (Vec<u32>, Vec<u32>) {
        let it = choose(allowed, server, client, siblings).unwrap();
        (it.server, it.client)
    }

    #[test]
    fn server_and_generator_are_apart_where_they_can_be() {
        let plain = |allowed: &[u32], server, client| chosen(allowed, server, client, cores);
        assert_eq!(plain(&[0, 1], None, None), (vec![0], vec![1]));
        assert_eq!(plain(&[2, 5, 7], None, None), (vec![2], vec![5]));
        assert_eq!(plain(&[3], None, None), (vec![3], vec![3]));
        assert_eq!(
            plain(&[0, 1, 2], Some(&[0, 1]), None),
            (vec![0, 1], vec![2])
        );
        assert_eq!(plain(&[0, 1, 2], None, Some(&[0])), (vec![1], vec![0]));
        assert_eq!(plain(&[0, 1], Some(&[1]), Some(&[1])), (vec![1], vec![1]));
        assert!(choose(&[0, 1], Some(&[2]), None, cores).is_err());
    }

    #[test]
    fn another_core_is_better_than_another_thread() {
        let four = [0, 1, 2, 3];
        assert_eq!(chosen(&four, None, None, pairs), (vec![0], vec![2]));
        assert_eq!(chosen(&four, Some(&[2]), None, pairs), (vec![2], vec![0]));
        assert_eq!(chosen(&four, None, Some(&[0]), pairs), (vec![2], vec![0]));
        assert_eq!(chosen(&[0, 1], None, None, pairs), (vec![0], vec![1]));
        assert_eq!(chosen(&four, None, None, |_| None), (vec![0], vec![1]));
    }

    #[test]
    fn what_is_shared_is_said() {
        let of = |server: u32, client: u32| Processors {
            server: vec![server],
            client: vec![client],
        };
        assert_eq!(of(0, 2).share_a_core(pairs), Some(false));
        assert_eq!(of(0, 1).share_a_core(pairs), Some(true));
        assert_eq!(of(0, 1).share_a_core(|_| None), None);
        assert_eq!(of(1, 1).share_a_core(|_| None), Some(true));
        assert_eq!(of(0, 2).warning(pairs), None);
        assert!(of(0, 1).warning(pairs).unwrap().contains("core"));
        assert!(of(1, 1).warning(pairs).unwrap().contains("processor"));
    }
}
