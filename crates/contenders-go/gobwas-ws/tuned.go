package main

import (
	"io"
	"net"

	"contenders/internal/kit"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// serveTuned reads the request of each connection in place, without net/http.
func serveTuned(contender *kit.Contender, limit kit.Option) error {
	return contender.Serve(func(conn net.Conn) {
		defer conn.Close()
		if _, err := ws.Upgrade(conn); err == nil {
			echoWithReusedBuffers(conn, kit.NewKept[[]byte](contender.Keep()))
		}
	}, limit,
		kit.NewOption("ws.Upgrade", "zero-copy"),
		kit.NewOption("wsutil.Writer", "DisableFlush"))
}

// echoWithReusedBuffers has one reader and one writer for all messages of the
// connection. A message leaves in one frame and one write, because the writer
// keeps room for the header and doesn't flush before the end.
func echoWithReusedBuffers(conn net.Conn, kept *kit.Kept[[]byte]) {
	reader := &wsutil.Reader{
		Source:         conn,
		State:          ws.StateServerSide,
		CheckUTF8:      true,
		MaxMessageSize: kit.MaxMessageBytes,
		OnIntermediate: wsutil.ControlFrameHandler(conn, ws.StateServerSide),
	}
	writer := wsutil.NewWriter(conn, ws.StateServerSide, ws.OpText)
	writer.DisableFlush()
	for {
		opcode, err := nextMessage(reader)
		if err != nil {
			return
		}
		writer.ResetOp(opcode)
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

// nextMessage answers control frames up to the first frame of the next message,
// and returns the message's opcode.
func nextMessage(reader *wsutil.Reader) (ws.OpCode, error) {
	for {
		header, err := reader.NextFrame()
		if err != nil {
			return 0, err
		}
		if !header.OpCode.IsControl() {
			return header.OpCode, nil
		}
		if err := reader.OnIntermediate(header, reader); err != nil {
			return 0, err
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
