package kit

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// control answers the commands of the harness. The known ones allocate nothing:
// a server counts what it allocates itself, and these answers are no work of
// its library.
type control struct {
	counter counter
	line    []byte
}

// answerCommands answers until input ends.
func answerCommands(input io.Reader, output io.Writer) error {
	var control control
	control.line = make([]byte, 0, 512)
	lines := bufio.NewReaderSize(input, 4096)
	for {
		command, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(command) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if _, err := output.Write(control.answer(command)); err != nil {
			return err
		}
	}
}

func (control *control) answer(command []byte) []byte {
	for len(command) > 0 && (command[len(command)-1] == '\n' || command[len(command)-1] == '\r') {
		command = command[:len(command)-1]
	}
	switch string(command) {
	case "count on":
		control.counter.on()
		return append(control.line[:0], `{"event":"counting","on":true}`+"\n"...)
	case "count off":
		control.counter.off()
		return append(control.line[:0], `{"event":"counting","on":false}`+"\n"...)
	case "stats":
		return control.stats()
	default:
		return unknown(string(command))
	}
}

func (control *control) stats() []byte {
	counts := control.counter.counts()
	line := append(control.line[:0], `{"event":"stats","allocations":`...)
	line = strconv.AppendUint(line, counts.allocations, 10)
	// Go never resizes a block: what grows is allocated anew.
	line = append(line, `,"reallocations":0,"frees":`...)
	line = strconv.AppendUint(line, counts.frees, 10)
	line = append(line, `,"allocated_bytes":`...)
	line = strconv.AppendUint(line, counts.allocatedBytes, 10)
	line = append(line, `,"live_bytes":`...)
	line = strconv.AppendInt(line, counts.liveBytes, 10)
	return append(line, `,"peak_live_bytes":null}`+"\n"...)
}

func unknown(command string) []byte {
	message := "unknown command " + strconv.Quote(strings.TrimSpace(command)) + ": use count on, count off or stats"
	line, err := json.Marshal(struct {
		Event   string `json:"event"`
		Message string `json:"message"`
	}{"error", message})
	if err != nil {
		line = []byte(`{"event":"error","message":"unknown command"}`)
	}
	return append(line, '\n')
}
