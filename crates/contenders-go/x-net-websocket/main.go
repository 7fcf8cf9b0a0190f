// Echo server on golang.org/x/net/websocket. The package's example copies bytes
// (io.Copy), which turns every message into text and splits long ones; whole
// messages with their type are what a Codec is for.
package main

import (
	"unicode/utf8"

	"contenders/internal/kit"

	"golang.org/x/net/websocket"
)

// Status codes of Close frames, RFC 6455 section 7.4.1.
const (
	normalClosure  = 1000
	invalidPayload = 1007
)

// message is one message with its opcode.
type message struct {
	payload []byte
	kind    byte
}

var codec = websocket.Codec{
	Marshal: func(value any) ([]byte, byte, error) {
		message := value.(*message)
		return message.payload, message.kind, nil
	},
	Unmarshal: func(payload []byte, kind byte, value any) error {
		*value.(*message) = message{payload, kind}
		return nil
	},
}

func main() {
	kit.Run(kit.Identity{
		Package: "echo-x-net-websocket",
		Library: "golang.org/x/net/websocket",
	}, serve)
}

func serve(contender *kit.Contender) error {
	// A Server without a Handshake accepts clients that are no browser and so
	// send no Origin.
	server := websocket.Server{Handler: func(conn *websocket.Conn) {
		conn.MaxPayloadBytes = kit.MaxMessageBytes
		status := echo(conn, kit.NewKept[[]byte](contender.Keep()))
		// Close would always say 1000. The Server ends the connection.
		_ = conn.WriteClose(status)
	}}
	return contender.ServeHTTP(server.ServeHTTP,
		kit.NewOption("MaxPayloadBytes", kit.MaxMessageBytes),
		kit.NewOption("UTF-8", "utf8.Valid"))
}

// echo returns the status for the Close frame that ends the connection. When the
// client sent one first, Receive only says io.EOF.
func echo(conn *websocket.Conn, kept *kit.Kept[[]byte]) int {
	var message message
	for {
		if err := codec.Receive(conn, &message); err != nil {
			return normalClosure
		}
		if message.kind == websocket.TextFrame && !utf8.Valid(message.payload) {
			return invalidPayload
		}
		if err := codec.Send(conn, &message); err != nil {
			return normalClosure
		}
		kept.Keep(message.payload)
	}
}
