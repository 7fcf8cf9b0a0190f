// Package kit is what every Go contender shares: its arguments, the listening
// socket, the ready line, the control channel and the counts of allocations.
package kit

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// MaxMessageBytes is the largest message that every server accepts: 64 MiB.
const MaxMessageBytes = 64 << 20

// goroutines is the runtime of every Go contender: a goroutine for each
// connection, on as many threads as GOMAXPROCS.
const goroutines = "goroutines"

// Identity is what a server says it is.
type Identity struct {
	// Package is the program's name.
	Package string
	// Library is the import path of the library that is measured.
	Library string
	// HasTuned says whether there is a variant tuned.
	HasTuned bool
	// HasCompressed says whether there is a variant compressed: default with
	// permessage-deflate (RFC 7692) for clients that offer it.
	HasCompressed bool
}

// Option is one option that a contender set, and the value that is in force.
type Option struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// NewOption is an option with its value as text.
func NewOption(name string, value any) Option {
	return Option{Name: name, Value: fmt.Sprint(value)}
}

// Contender is a server that knows what it is and what it was asked to do.
type Contender struct {
	identity  Identity
	version   string
	arguments arguments
}

// Tuned says whether the variant tuned was asked for.
func (contender *Contender) Tuned() bool { return contender.arguments.variant == tunedVariant }

// Compressed says whether the variant compressed was asked for.
func (contender *Contender) Compressed() bool {
	return contender.arguments.variant == compressedVariant
}

// Keep is how many messages each connection keeps: the limit for [NewKept].
func (contender *Contender) Keep() int { return contender.arguments.keep }

// Run reads the command line and calls serve, which should not return.
func Run(identity Identity, serve func(*Contender) error) {
	contender, err := newContender(identity, os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(help(identity, contender.version))
		return
	}
	if err == nil {
		runtime.GOMAXPROCS(contender.arguments.threads)
		err = serve(contender)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", identity.Package, err)
		os.Exit(1)
	}
}

func newContender(identity Identity, words []string) (*Contender, error) {
	contender := &Contender{identity: identity}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return contender, errors.New("the program was built without module information: build it in its module")
	}
	version, err := versionOf(identity.Library, info)
	if err != nil {
		return contender, err
	}
	contender.version = version
	contender.arguments, err = parse(identity, words)
	return contender, err
}

// versionOf is the version of the module that holds library, as the linker
// recorded it, without the v in front.
func versionOf(library string, info *debug.BuildInfo) (string, error) {
	for _, module := range info.Deps {
		if library == module.Path || strings.HasPrefix(library, module.Path+"/") {
			return strings.TrimPrefix(module.Version, "v"), nil
		}
	}
	return "", fmt.Errorf("%s is in no module of this program", library)
}

// ready is the first line of a contender, once it listens.
type ready struct {
	Event    string   `json:"event"`
	Address  string   `json:"address"`
	Protocol string   `json:"protocol"`
	Library  string   `json:"library"`
	Version  string   `json:"version"`
	Runtime  string   `json:"runtime"`
	Variant  string   `json:"variant"`
	Threads  int      `json:"threads"`
	Keep     int      `json:"keep"`
	Options  []Option `json:"options"`
}

// Listen listens and prints the ready line.
func (contender *Contender) Listen(options ...Option) (net.Listener, error) {
	listener, err := listen(contender.arguments.listen)
	if err != nil {
		return nil, err
	}
	if options == nil {
		options = []Option{}
	}
	line, err := json.Marshal(ready{
		Event:    "ready",
		Address:  listener.Addr().String(),
		Protocol: "websocket",
		Library:  contender.identity.Library,
		Version:  contender.version,
		Runtime:  goroutines,
		Variant:  contender.arguments.variant,
		Threads:  runtime.GOMAXPROCS(0),
		Keep:     contender.Keep(),
		Options:  options,
	})
	if err != nil {
		return nil, err
	}
	if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("the ready line can't be written: %w", err)
	}
	go func() {
		if answerCommands(os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}()
	return listener, nil
}
