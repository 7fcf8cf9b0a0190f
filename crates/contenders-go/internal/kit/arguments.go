package kit

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"strconv"
)

const (
	// More threads than any machine of today has processors.
	mostThreads = 4096
	// Room for kept messages is allocated with the connection, so a slip of
	// the finger must not ask for gigabytes.
	mostKept = 65536
)

// Names of the variants.
const (
	defaultVariant    = "default"
	tunedVariant      = "tuned"
	compressedVariant = "compressed"
)

// arguments is what a server was asked to do.
type arguments struct {
	listen  string
	threads int
	variant string
	keep    int
}

// parse reads a command line without the program's name. The error is
// [flag.ErrHelp] for --help.
func parse(identity Identity, words []string) (arguments, error) {
	flags := flag.NewFlagSet(identity.Package, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	listen := flags.String("listen", "127.0.0.1:0", "")
	threads := flags.String("threads", "1", "")
	variant := flags.String("variant", defaultVariant, "")
	keep := flags.String("keep", "0", "")
	if err := flags.Parse(words); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return arguments{}, err
		}
		return arguments{}, fmt.Errorf("%w; --help lists all arguments", err)
	}
	if flags.NArg() > 0 {
		return arguments{}, fmt.Errorf("unexpected argument %q; --help lists all arguments", flags.Arg(0))
	}
	parsed := arguments{listen: *listen, variant: *variant}
	if _, err := netip.ParseAddrPort(*listen); err != nil {
		return arguments{}, fmt.Errorf("--listen %q is no address: give an IP address and a port, such as 127.0.0.1:0", *listen)
	}
	var err error
	if parsed.threads, err = number("--threads", *threads, 1, mostThreads); err != nil {
		return arguments{}, err
	}
	if parsed.keep, err = number("--keep", *keep, 0, mostKept); err != nil {
		return arguments{}, err
	}
	return parsed, identity.checkVariant(*variant)
}

// checkVariant says what is wrong with a variant of that name, if something is.
func (identity Identity) checkVariant(variant string) error {
	var exists bool
	switch variant {
	case defaultVariant:
		exists = true
	case tunedVariant:
		exists = identity.HasTuned
	case compressedVariant:
		exists = identity.HasCompressed
	default:
		return fmt.Errorf("--variant: unknown variant %q: use default, tuned or compressed", variant)
	}
	if !exists {
		return fmt.Errorf("%s has no variant %s: use --variant default", identity.Package, variant)
	}
	return nil
}

func number(name, text string, lowest, highest int) (int, error) {
	value, err := strconv.Atoi(text)
	if err != nil || value < lowest || value > highest {
		return 0, fmt.Errorf("%s %q is out of range: give a whole number from %d to %d", name, text, lowest, highest)
	}
	return value, nil
}

func help(identity Identity, version string) string {
	variants := "default, the only one here"
	switch {
	case identity.HasTuned && identity.HasCompressed:
		variants = "default, tuned or compressed"
	case identity.HasTuned:
		variants = "default or tuned"
	case identity.HasCompressed:
		variants = "default or compressed"
	}
	return fmt.Sprintf(`%[1]s: echo server, %[2]s %[3]s

Usage: %[1]s [ARGUMENTS]

  --listen ADDRESS   IP address and port to listen on; port 0 lets the system
                     choose one [127.0.0.1:0]
  --threads N        GOMAXPROCS: threads that run Go code at a time [1]
  --variant NAME     %[4]s [default]
  --keep N           messages that each connection holds on to after echoing
                     them [0]
  --help             this text

Prints one line of JSON once it listens. Reads commands on standard input, one
per line: count on, count off, stats (allocations). Exits at the end of
standard input.
`, identity.Package, identity.Library, version, variants)
}
