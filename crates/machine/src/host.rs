//! What this host is.

use crate::{
    cpu_ticks,
    error::Problem,
    file::{field, kib_field_in_bytes, read, read_with},
    open_file_limit, parse_cpu_list,
};

/// A description of the host. What the kernel doesn't tell is `unknown`, 0 or
/// `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFacts {
    /// Name of the host.
    pub name: String,
    /// Processor model.
    pub cpu_model: String,
    /// Processors online.
    pub cpus: u32,
    /// Memory.
    pub memory_bytes: u64,
    /// Operating system, such as `Debian GNU/Linux 12 (bookworm)`.
    pub operating_system: String,
    /// Kernel release.
    pub kernel: String,
    /// What this machine is a guest of; `unnamed` when that doesn't say.
    pub hypervisor: Option<String>,
    /// Frequency governor of processor 0.
    pub governor: Option<String>,
    /// Open files allowed to this process.
    pub open_files: u64,
    /// Listen backlog that the kernel allows (`somaxconn`).
    pub backlog_limit: u64,
}

/// Describes this host.
#[must_use]
pub fn host() -> HostFacts {
    let cpuinfo = read("/proc/cpuinfo").unwrap_or_default();
    HostFacts {
        name: line("/proc/sys/kernel/hostname").unwrap_or_else(unknown),
        cpu_model: cpu_model(&cpuinfo).unwrap_or_else(unknown),
        cpus: cpus_online(),
        memory_bytes: read_with("/proc/meminfo", |meminfo| {
            kib_field_in_bytes(meminfo, "MemTotal").ok_or(Problem("no MemTotal"))
        })
        .unwrap_or(0),
        operating_system: ["/etc/os-release", "/usr/lib/os-release"]
            .iter()
            .find_map(|path| pretty_name(&read(path).ok()?))
            .unwrap_or_else(|| std::env::consts::OS.to_owned()),
        kernel: line("/proc/sys/kernel/osrelease").unwrap_or_else(unknown),
        hypervisor: hypervisor(&HypervisorHints::read(&cpuinfo)),
        governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        open_files: open_file_limit().map_or(0, |(soft, _)| soft),
        backlog_limit: line("/proc/sys/net/core/somaxconn")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(0),
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// A file's text without the line's end, when there is any.
fn line(path: &str) -> Option<String> {
    let text = read(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn cpus_online() -> u32 {
    line("/sys/devices/system/cpu/online")
        .and_then(|list| parse_cpu_list(&list).ok())
        .map(|cpus| cpus.len())
        .or_else(|| cpu_ticks().ok().map(|cpus| cpus.len()))
        .map_or(0, |count| count as u32)
}

/// The model's name; ARM kernels tell two numbers instead.
fn cpu_model(cpuinfo: &str) -> Option<String> {
    let named = ["model name", "cpu model", "Processor"]
        .iter()
        .find_map(|key| field(cpuinfo, key));
    match (
        named,
        field(cpuinfo, "CPU implementer"),
        field(cpuinfo, "CPU part"),
    ) {
        (Some(name), ..) if !name.is_empty() => Some(name.to_owned()),
        (_, Some(implementer), Some(part)) => {
            Some(format!("implementer {implementer} part {part}"))
        }
        _ => None,
    }
}

/// `PRETTY_NAME` of an os-release file.
fn pretty_name(os_release: &str) -> Option<String> {
    let value = os_release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?
        .trim()
        .trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The places in which a guest may learn of its host.
#[derive(Default)]
struct HypervisorHints {
    /// The processor flag that every x86 hypervisor sets.
    flag: bool,
    /// `/sys/hypervisor/type`.
    kind: Option<String>,
    /// Vendor and product of the machine's firmware.
    vendor: Option<String>,
    product: Option<String>,
    /// Clock sources, some of which a hypervisor provides.
    clock_sources: Option<String>,
}

impl HypervisorHints {
    fn read(cpuinfo: &str) -> Self {
        Self {
            flag: field(cpuinfo, "flags")
                .is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor")),
            kind: line("/sys/hypervisor/type"),
            vendor: line("/sys/devices/virtual/dmi/id/sys_vendor"),
            product: line("/sys/devices/virtual/dmi/id/product_name"),
            clock_sources: line(
                "/sys/devices/system/clocksource/clocksource0/available_clocksource",
            ),
        }
    }
}

/// The hypervisor's name, from the most to the least telling hint. Firmware
/// names count only beside a sign that this is a guest: a physical machine has
/// a vendor and a product as well.
fn hypervisor(hints: &HypervisorHints) -> Option<String> {
    let from_clock = hints.clock_sources.as_deref().and_then(|sources| {
        [
            ("kvm-clock", "KVM"),
            ("hyperv_clocksource", "Hyper-V"),
            ("xen", "Xen"),
        ]
        .iter()
        .find(|(source, _)| sources.split(' ').any(|name| name.starts_with(source)))
        .map(|&(_, name)| name.to_owned())
    });
    if !hints.flag && hints.kind.is_none() && from_clock.is_none() {
        return None;
    }
    let firmware = match (&hints.vendor, &hints.product) {
        (Some(vendor), Some(product)) => Some(format!("{vendor} {product}")),
        (vendor, product) => vendor.clone().or(product.clone()),
    };
    let engine = hints.kind.clone().or(from_clock);
    match (engine, firmware) {
        (Some(engine), Some(firmware)) => Some(format!("{engine} ({firmware})")),
        (engine, firmware) => engine.or(firmware).or_else(|| Some("unnamed".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn model_has_a_name_or_numbers() {
        let x86 = "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9B14\n";
        assert_eq!(cpu_model(x86), some("AMD EPYC 9B14"));
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assert_eq!(cpu_model(arm), some("implementer 0x41 part 0xd0c"));
        assert_eq!(cpu_model(""), None);
    }

    #[test]
    fn name_of_the_system_loses_its_quotes() {
        let text = "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n";
        assert_eq!(pretty_name(text), some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(
            pretty_name("PRETTY_NAME=Alpine\n").as_deref(),
            Some("Alpine")
        );
        assert_eq!(pretty_name("ID=x\n"), None);
    }

    #[test]
    fn a_physical_machine_has_no_hypervisor() {
        let metal = HypervisorHints {
            vendor: some("Dell Inc."),
            product: some("PowerEdge R6515"),
            clock_sources: some("tsc hpet acpi_pm"),
            ..HypervisorHints::default()
        };
        assert_eq!(hypervisor(&metal), None);
    }

    #[test]
    fn a_guest_names_what_it_can() {
        let flagged = || HypervisorHints {
            flag: true,
            ..HypervisorHints::default()
        };
        assert_eq!(hypervisor(&flagged()), some("unnamed"));
        let kvm = HypervisorHints {
            clock_sources: some("kvm-clock tsc"),
            ..flagged()
        };
        assert_eq!(hypervisor(&kvm), some("KVM"));
        let cloud = HypervisorHints {
            vendor: some("Amazon EC2"),
            product: some("m7a.large"),
            clock_sources: some("kvm-clock tsc acpi_pm"),
            ..flagged()
        };
        assert_eq!(hypervisor(&cloud), some("KVM (Amazon EC2 m7a.large)"));
        let xen = HypervisorHints {
            kind: some("xen"),
            ..HypervisorHints::default()
        };
        assert_eq!(hypervisor(&xen), some("xen"));
    }
}
