package kit

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

var plain = Identity{Package: "echo-plain", Library: "plain"}

func TestArguments(t *testing.T) {
	all := Identity{Package: "echo-all", HasTuned: true, HasCompressed: true}
	for _, test := range []struct {
		line     string
		expected arguments
	}{
		{"", arguments{listen: "127.0.0.1:0", threads: 1, variant: "default"}},
		{
			"--listen [::1]:9001 --threads=3 --variant tuned --keep 64",
			arguments{listen: "[::1]:9001", threads: 3, variant: "tuned", keep: 64},
		},
		{
			"--variant compressed",
			arguments{listen: "127.0.0.1:0", threads: 1, variant: "compressed"},
		},
	} {
		parsed, err := parse(all, strings.Fields(test.line))
		if err != nil || parsed != test.expected {
			t.Errorf("%q: %+v, %v", test.line, parsed, err)
		}
	}
	if _, err := parse(plain, []string{"--help"}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("--help: %v", err)
	}
}

func TestMistakesAreNamedWithTheNextStep(t *testing.T) {
	for line, words := range map[string]string{
		"--listen localhost:1": "such as 127.0.0.1:0",
		"--threads 0":          "a whole number from 1 to 4096",
		"--keep -1":            "a whole number from 0 to 65536",
		"--variant fast":       `unknown variant "fast": use default, tuned or compressed`,
		"--variant tuned":      "no variant tuned: use --variant default",
		"--variant compressed": "no variant compressed: use --variant default",
		"--port 1":             "--help lists all arguments",
		"9001":                 "--help lists all arguments",
		"--keep":               "--help lists all arguments",
	} {
		_, err := parse(plain, strings.Fields(line))
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestAVariantIsThereOnlyWhereItIsDeclared(t *testing.T) {
	tuned, compressed := plain, plain
	tuned.HasTuned, compressed.HasCompressed = true, true
	all := tuned
	all.HasCompressed = true
	for _, test := range []struct {
		identity      Identity
		isTuned       bool
		isCompressed  bool
		wordsFromHelp string
	}{
		{plain, false, false, "default, the only one here [default]"},
		{tuned, true, false, "default or tuned [default]"},
		{compressed, false, true, "default or compressed [default]"},
		{all, true, true, "default, tuned or compressed [default]"},
	} {
		for variant, isThere := range map[string]bool{
			"default": true, "tuned": test.isTuned, "compressed": test.isCompressed,
		} {
			parsed, err := parse(test.identity, []string{"--variant", variant})
			if isThere != (err == nil) {
				t.Errorf("%+v, %s: %v", test.identity, variant, err)
			}
			contender := Contender{arguments: parsed}
			if isThere && (contender.Tuned() != (variant == "tuned") ||
				contender.Compressed() != (variant == "compressed")) {
				t.Errorf("%s is taken for another variant", variant)
			}
		}
		if text := help(test.identity, "1.0.0"); !strings.Contains(text, test.wordsFromHelp) {
			t.Errorf("%s", text)
		}
	}
}

func TestTheVersionIsThatOfTheModule(t *testing.T) {
	info := &debug.BuildInfo{Deps: []*debug.Module{
		{Path: "golang.org/x/net", Version: "v0.62.0"},
		{Path: "golang.org/x/network", Version: "v9.9.9"},
	}}
	version, err := versionOf("golang.org/x/net/websocket", info)
	if version != "0.62.0" || err != nil {
		t.Errorf("%q, %v", version, err)
	}
	if _, err := versionOf("github.com/gorilla/websocket", info); err == nil {
		t.Error("a library that is not there has a version")
	}
}

func TestKeepsTheLastMessages(t *testing.T) {
	kept := NewKept[int](3)
	var dropped []int
	for message := range 8 {
		if old, isDropped := kept.Keep(message); isDropped {
			dropped = append(dropped, old)
		}
	}
	if !slices.Equal(dropped, []int{0, 1, 2, 3, 4}) || cap(kept.messages) != 3 {
		t.Errorf("%v dropped, room for %d", dropped, cap(kept.messages))
	}
	none := NewKept[int](0)
	if old, isDropped := none.Keep(7); old != 7 || !isDropped || !none.IsOff() {
		t.Error("a message is kept though none shall be")
	}
}

func TestAcceptedSocketsHaveNoDelay(t *testing.T) {
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	if on, err := noDelay(accepted); !on || err != nil {
		t.Errorf("%v, %v", on, err)
	}
	if err := client.(*net.TCPConn).SetNoDelay(false); err != nil {
		t.Fatal(err)
	}
	if on, err := noDelay(client); on || err != nil {
		t.Errorf("the check can't tell: %v, %v", on, err)
	}
}

func TestATakenAddressIsNamed(t *testing.T) {
	first, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	address := first.Addr().String()
	_, err = listen(address)
	if err == nil || !strings.Contains(err.Error(), address) || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("%v", err)
	}
}

func TestAnAcceptLoopEndsWithItsListener(t *testing.T) {
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		ended <- acceptEach(listener, func(conn net.Conn) {
			_, _ = io.Copy(conn, conn)
			conn.Close()
		})
	}()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	echo := make([]byte, 3)
	if _, err := client.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(client, echo); err != nil || string(echo) != "abc" {
		t.Errorf("%q, %v", echo, err)
	}
	listener.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}

var sink []*[1000]byte

func TestCountsWhatIsAllocated(t *testing.T) {
	// The runtime and the test runner allocate a little now and then.
	const objects, others = 1000, 50
	control := control{line: make([]byte, 0, 512)}
	sink = make([]*[1000]byte, 0, objects)
	control.answer([]byte("count on\n"))
	for range objects {
		sink = append(sink, new([1000]byte))
	}
	counts := control.counter.counts()
	if counts.allocations < objects || counts.allocations > objects+others {
		t.Errorf("%+v", counts)
	}
	if counts.allocatedBytes < objects*1000 || counts.liveBytes < objects*900 {
		t.Errorf("%+v", counts)
	}
	sink = nil
	runtime.GC()
	counts = control.counter.counts()
	if counts.allocations > objects+others || counts.frees < objects {
		t.Errorf("%+v", counts)
	}
	control.answer([]byte("count off\n"))
	before := string(control.answer([]byte("stats\n")))
	sink = []*[1000]byte{new([1000]byte)}
	if after := string(control.answer([]byte("stats\n"))); after != before {
		t.Errorf("counted while off: %s then %s", before, after)
	}
}

func TestAnswersAllocateNothing(t *testing.T) {
	control := control{line: make([]byte, 0, 512)}
	on, stats := []byte("count on\n"), []byte("stats\n")
	perAnswer := testing.AllocsPerRun(100, func() {
		control.answer(on)
		control.answer(stats)
	})
	if perAnswer != 0 {
		t.Errorf("%v allocations", perAnswer)
	}
}

func TestStatsAreThoseOfTheContract(t *testing.T) {
	control := control{line: make([]byte, 0, 512)}
	control.counter.last = counts{allocations: 3, frees: 2, allocatedBytes: 100, liveBytes: -7}
	expected := `{"event":"stats","allocations":3,"reallocations":0,"frees":2,` +
		`"allocated_bytes":100,"live_bytes":-7,"peak_live_bytes":null}` + "\n"
	if answer := control.answer([]byte("stats")); string(answer) != expected {
		t.Errorf("%s", answer)
	}
}

func TestGarbageIsNotLive(t *testing.T) {
	var counter counter
	counter.on()
	for range 1000 {
		sink = []*[1000]byte{new([1000]byte)}
	}
	counts := counter.counts()
	if counts.allocatedBytes < 1_000_000 || counts.liveBytes > 100_000 {
		t.Errorf("%+v", counts)
	}
}

func TestCommandsAreAnsweredUntilTheInputEnds(t *testing.T) {
	input := strings.NewReader("count on\r\nreset \"all\"\ncount off\n")
	var output bytes.Buffer
	if err := answerCommands(input, &output); err != nil {
		t.Fatal(err)
	}
	expected := `{"event":"counting","on":true}` + "\n" +
		`{"event":"error","message":"unknown command \"reset \\\"all\\\"\": use count on, count off or stats"}` + "\n" +
		`{"event":"counting","on":false}` + "\n"
	if output.String() != expected {
		t.Errorf("%s", output.String())
	}
}
