// Echo server on gorilla/websocket, with the loop of the library's
// examples/echo/server.go and the check of text of its
// examples/autobahn/server.go.
package main

import (
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"contenders/internal/kit"

	"github.com/gorilla/websocket"
)

func main() {
	kit.Run(kit.Identity{
		Package:       "echo-gorilla-websocket",
		Library:       "github.com/gorilla/websocket",
		HasTuned:      true,
		HasCompressed: true,
	}, serve)
}

func serve(contender *kit.Contender) error {
	var upgrader websocket.Upgrader
	options := []kit.Option{
		kit.NewOption("SetReadLimit", kit.MaxMessageBytes),
		kit.NewOption("UTF-8", "utf8.Valid"),
	}
	switch {
	case contender.Tuned():
		upgrader.WriteBufferPool = new(sync.Pool)
		options = append(options, kit.NewOption("Upgrader.WriteBufferPool", "sync.Pool"))
	case contender.Compressed():
		upgrader.EnableCompression = true
		options = append(options, kit.NewOption("Upgrader.EnableCompression", true))
	}
	return contender.ServeHTTP(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			// The library has refused the request.
			return
		}
		conn.SetReadLimit(kit.MaxMessageBytes)
		echo(conn, kit.NewKept[[]byte](contender.Keep()))
	}, options...)
}

func echo(conn *websocket.Conn, kept *kit.Kept[[]byte]) {
	defer conn.Close()
	for {
		// Answers ping and close by itself.
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			reason := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "")
			_ = conn.WriteControl(websocket.CloseMessage, reason, time.Time{})
			return
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
		kept.Keep(message)
	}
}
