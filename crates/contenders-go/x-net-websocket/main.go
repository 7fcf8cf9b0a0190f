// Echo server on golang.org/x/net/websocket. The package's example copies bytes
// (io.Copy), which turns every message into text and splits long ones; whole
// messages with their type are what a Codec is for.
package main

import (
	"contenders/internal/kit"

	"golang.org/x/net/websocket"
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
		echo(conn, kit.NewKept[[]byte](contender.Keep()))
	}}
	return contender.ServeHTTP(server.ServeHTTP, kit.NewOption("MaxPayloadBytes", kit.MaxMessageBytes))
}

func echo(conn *websocket.Conn, kept *kit.Kept[[]byte]) {
	// Answers a Close frame, of which Receive only says io.EOF.
	defer conn.Close()
	var message message
	for {
		if err := codec.Receive(conn, &message); err != nil {
			return
		}
		if err := codec.Send(conn, &message); err != nil {
			return
		}
		kept.Keep(message.payload)
	}
}
