// Echo server on coder/websocket, with Accept, Read and Write as its package
// documentation describes them.
package main

import (
	"context"
	"net/http"
	"unicode/utf8"

	"contenders/internal/kit"

	"github.com/coder/websocket"
)

func main() {
	kit.Run(kit.Identity{
		Package:       "echo-coder-websocket",
		Library:       "github.com/coder/websocket",
		HasCompressed: true,
	}, serve)
}

func serve(contender *kit.Contender) error {
	var settings *websocket.AcceptOptions
	options := []kit.Option{
		kit.NewOption("SetReadLimit", kit.MaxMessageBytes),
		kit.NewOption("UTF-8", "utf8.Valid"),
	}
	if contender.Compressed() {
		settings = &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover}
		options = append(options, kit.NewOption("AcceptOptions.CompressionMode", "CompressionContextTakeover"))
	}
	return contender.ServeHTTP(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, settings)
		if err != nil {
			// The library has refused the request.
			return
		}
		conn.SetReadLimit(kit.MaxMessageBytes)
		echo(conn, kit.NewKept[[]byte](contender.Keep()))
	}, options...)
}

func echo(conn *websocket.Conn, kept *kit.Kept[[]byte]) {
	defer conn.CloseNow()
	ctx := context.Background()
	for {
		// Answers ping and close by itself.
		kind, message, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if kind == websocket.MessageText && !utf8.Valid(message) {
			_ = conn.Close(websocket.StatusInvalidFramePayloadData, "")
			return
		}
		if err := conn.Write(ctx, kind, message); err != nil {
			return
		}
		kept.Keep(message)
	}
}
