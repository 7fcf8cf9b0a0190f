// Echo server on lxzan/gws, with the handler of the library's
// examples/echo/main.go; tuned, with the library's own accept loop; compressed,
// with permessage-deflate as that example has it.
package main

import (
	"net/http"

	"contenders/internal/kit"

	"github.com/lxzan/gws"
)

func main() {
	kit.Run(kit.Identity{
		Package:       "echo-lxzan-gws",
		Library:       "github.com/lxzan/gws",
		HasTuned:      true,
		HasCompressed: true,
	}, serve)
}

func serve(contender *kit.Contender) error {
	handler := handler{keep: contender.Keep()}
	settings := &gws.ServerOption{
		CheckUtf8Enabled:    true,
		ReadMaxPayloadSize:  kit.MaxMessageBytes,
		WriteMaxPayloadSize: kit.MaxMessageBytes,
	}
	options := []kit.Option{
		kit.NewOption("CheckUtf8Enabled", settings.CheckUtf8Enabled),
		kit.NewOption("ReadMaxPayloadSize", settings.ReadMaxPayloadSize),
		kit.NewOption("WriteMaxPayloadSize", settings.WriteMaxPayloadSize),
	}
	if contender.Tuned() {
		return serveTuned(contender, handler, settings, options)
	}
	if contender.Compressed() {
		options = append(options, compress(settings)...)
	}
	upgrader := gws.NewUpgrader(handler, settings)
	return contender.ServeHTTP(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r)
		if err != nil {
			return
		}
		go conn.ReadLoop()
	}, options...)
}

// kept is the name under which a connection's session holds its messages.
const kept = "kept"

type handler struct {
	gws.BuiltinEventHandler
	keep int
}

func (handler handler) OnOpen(conn *gws.Conn) {
	if handler.keep > 0 {
		conn.Session().Store(kept, kit.NewKept[*gws.Message](handler.keep))
	}
}

func (handler) OnPing(conn *gws.Conn, payload []byte) {
	_ = conn.WritePong(payload)
}

func (handler handler) OnMessage(conn *gws.Conn, message *gws.Message) {
	// Its errors are handled inside: they end the read loop.
	_ = conn.WriteMessage(message.Opcode, message.Bytes())
	if handler.keep > 0 {
		if value, ok := conn.Session().Load(kept); ok {
			dropped, isDropped := value.(*kit.Kept[*gws.Message]).Keep(message)
			if !isDropped {
				return
			}
			message = dropped
		}
	}
	_ = message.Close()
}
