//! Facts of a run that must be the same for absolute figures to be comparable.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// Names that stand in sentences, made from the same list as the variants.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$of])* $variant,)*
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $text,)*
                })
            }
        }
    };
}

named! {
    /// A fact about the machine.
    HostFact {
        /// Its name.
        Name = "name",
        /// Processor model.
        CpuModel = "processor",
        /// Number of processors.
        Cpus = "number of processors",
        /// Memory.
        Memory = "memory",
        /// Operating system.
        OperatingSystem = "operating system",
        /// Kernel release.
        Kernel = "kernel",
        /// Hypervisor.
        Hypervisor = "hypervisor",
        /// Frequency governor.
        Governor = "frequency governor",
        /// Processors of the servers.
        ServerCpus = "processors of the servers",
        /// Processors of the load generator.
        ClientCpus = "processors of the load generator",
    }
}

named! {
    /// A fact about the compiler.
    ToolchainFact {
        /// Compiler version.
        Rustc = "rustc",
        /// Target triple.
        Target = "target",
        /// Compiler flags.
        Flags = "RUSTFLAGS",
        /// Profile.
        Profile = "profile",
        /// The Go toolchain and its flags.
        Go = "Go",
    }
}

named! {
    /// A number behind the effort.
    EffortFact {
        /// Blocks.
        Blocks = "blocks",
        /// Blocks of exact scenarios.
        ExactBlocks = "blocks of exact scenarios",
        /// Turns of each server within a block.
        Rounds = "rounds within a block",
        /// Warm-up.
        WarmUp = "warm-up",
        /// Window of a closed loop.
        Window = "window",
        /// Window at a fixed rate.
        RateWindow = "window at a fixed rate",
    }
}
