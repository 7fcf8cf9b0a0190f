// Echo server on gobwas/ws: the loops of the library's README, with the helpers
// of wsutil on net/http, tuned with its zero-copy upgrade, or compressed with
// its package wsflate.
package main

import (
	"net"
	"net/http"

	"contenders/internal/kit"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

func main() {
	kit.Run(kit.Identity{
		Package:       "echo-gobwas-ws",
		Library:       "github.com/gobwas/ws",
		HasTuned:      true,
		HasCompressed: true,
	}, serve)
}

func serve(contender *kit.Contender) error {
	limit := kit.NewOption("MaxMessageSize", kit.MaxMessageBytes)
	if contender.Tuned() {
		return serveTuned(contender, limit)
	}
	wsutil.SetMaxMessageSize(kit.MaxMessageBytes)
	if contender.Compressed() {
		return serveCompressed(contender, limit)
	}
	return contender.ServeHTTP(func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			closeRefused(conn)
			return
		}
		go func() {
			defer conn.Close()
			echo(conn, kit.NewKept[[]byte](contender.Keep()))
		}()
	}, limit)
}

// closeRefused closes the connection of a request that the library has refused:
// where it has taken the connection over, it leaves that to its caller.
func closeRefused(conn net.Conn) {
	if conn != nil {
		_ = conn.Close()
	}
}

func echo(conn net.Conn, kept *kit.Kept[[]byte]) {
	for {
		// Answers ping and close by itself.
		message, opcode, err := wsutil.ReadClientData(conn)
		if err != nil {
			return
		}
		if err := wsutil.WriteServerMessage(conn, opcode, message); err != nil {
			return
		}
		kept.Keep(message)
	}
}
