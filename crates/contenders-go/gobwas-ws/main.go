// Echo server on gobwas/ws: the loops of the library's README, with the helpers
// of wsutil on net/http, tuned with its zero-copy upgrade, or compressed with
// its package wsflate.
package main

import (
	"io"
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
		return contender.Serve(func(conn net.Conn) {
			defer conn.Close()
			// Reads the request in place, without net/http.
			if _, err := ws.Upgrade(conn); err == nil {
				echoWithReusedBuffers(conn, kit.NewKept[[]byte](contender.Keep()))
			}
		}, limit,
			kit.NewOption("ws.Upgrade", "zero-copy"),
			kit.NewOption("wsutil.Writer", "DisableFlush"))
	}
	wsutil.SetMaxMessageSize(kit.MaxMessageBytes)
	if contender.Compressed() {
		return serveCompressed(contender, limit)
	}
	return contender.ServeHTTP(func(w http.ResponseWriter, r *http.Request) {
		conn, _, _, err := ws.UpgradeHTTP(r, w)
		if err != nil {
			// The library has refused the request, on a connection that it
			// has taken over and leaves to its caller.
			if conn != nil {
				_ = conn.Close()
			}
			return
		}
		go func() {
			defer conn.Close()
			echo(conn, kit.NewKept[[]byte](contender.Keep()))
		}()
	}, limit)
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

// echoWithReusedBuffers has one reader and one writer for all messages of the
// connection. A message leaves in one frame and one write, because the writer
// keeps room for the header and doesn't flush before the end.
func echoWithReusedBuffers(conn net.Conn, kept *kit.Kept[[]byte]) {
	control := wsutil.ControlFrameHandler(conn, ws.StateServerSide)
	reader := &wsutil.Reader{
		Source:         conn,
		State:          ws.StateServerSide,
		CheckUTF8:      true,
		MaxMessageSize: kit.MaxMessageBytes,
		OnIntermediate: control,
	}
	writer := wsutil.NewWriter(conn, ws.StateServerSide, ws.OpText)
	writer.DisableFlush()
	for {
		header, err := reader.NextFrame()
		if err != nil {
			return
		}
		if header.OpCode.IsControl() {
			if err := control(header, reader); err != nil {
				return
			}
			continue
		}
		writer.ResetOp(header.OpCode)
		if kept.IsOff() {
			_, err = io.Copy(writer, reader)
		} else {
			err = copyAndKeep(writer, reader, kept)
		}
		if err != nil {
			return
		}
		if err := writer.Flush(); err != nil {
			return
		}
	}
}

func copyAndKeep(writer *wsutil.Writer, reader *wsutil.Reader, kept *kit.Kept[[]byte]) error {
	message, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	kept.Keep(message)
	_, err = writer.Write(message)
	return err
}
