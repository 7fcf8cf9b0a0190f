package main

import (
	"compress/flate"
	"errors"
	"io"
	"net"
	"net/http"
	"unicode/utf8"

	"contenders/internal/kit"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
)

var errRefused = errors.New("the message is too large or no UTF-8")

// serveCompressed is the upgrade of the library's example/autobahn. A client
// that offers no compression gets the loop of default.
func serveCompressed(contender *kit.Contender, limit kit.Option) error {
	return contender.ServeHTTP(func(w http.ResponseWriter, r *http.Request) {
		extension := wsflate.Extension{Parameters: wsflate.DefaultParameters}
		upgrader := ws.HTTPUpgrader{Negotiate: extension.Negotiate}
		conn, _, _, err := upgrader.Upgrade(r, w)
		if err != nil {
			closeRefused(conn)
			return
		}
		go func() {
			defer conn.Close()
			kept := kit.NewKept[[]byte](contender.Keep())
			if _, accepted := extension.Accepted(); accepted {
				echoCompressed(conn, kept)
			} else {
				echo(conn, kept)
			}
		}()
	}, limit,
		kit.NewOption("HTTPUpgrader.Negotiate", "wsflate.Extension"),
		kit.NewOption("wsflate.Parameters", "DefaultParameters"),
		kit.NewOption("wsflate.Compressor", "flate.BestSpeed"),
		kit.NewOption("io.LimitReader", kit.MaxMessageBytes+1),
		kit.NewOption("UTF-8", "utf8.Valid"),
		kit.NewOption("wsutil.Writer", "DisableFlush"))
}

// echoCompressed is the README's loop for wsflate with wsutil. As in default, a
// message is read whole before its echo leaves, and leaves in one frame.
func echoCompressed(conn net.Conn, kept *kit.Kept[[]byte]) {
	const state = ws.StateServerSide | ws.StateExtended
	// Whether the message at hand is compressed; its echo is so too.
	var compression wsflate.MessageState
	reader := &wsutil.Reader{
		Source:         conn,
		State:          state,
		MaxMessageSize: kit.MaxMessageBytes,
		OnIntermediate: wsutil.ControlFrameHandler(conn, ws.StateServerSide),
		Extensions:     []wsutil.RecvExtension{&compression},
	}
	writer := wsutil.NewWriter(conn, state, ws.OpText)
	writer.SetExtensions(&compression)
	writer.DisableFlush()
	inflater := wsflate.NewReader(nil, wsflate.DefaultHelper.Decompressor)
	deflater := wsflate.NewWriter(nil, newCompressor)
	for {
		opcode, err := nextMessage(reader)
		if err != nil {
			return
		}
		var source io.Reader = reader
		if compression.IsCompressed() {
			inflater.Reset(reader)
			source = inflater
		}
		message, err := readMessage(source, opcode)
		if err != nil {
			return
		}
		// A deflate stream may end before its message does.
		if err := reader.Discard(); err != nil {
			return
		}
		writer.ResetOp(opcode)
		if compression.IsCompressed() {
			deflater.Reset(writer)
			_, err = deflater.Write(message)
			err = errors.Join(err, deflater.Close())
		} else {
			_, err = writer.Write(message)
		}
		if err := errors.Join(err, writer.Flush()); err != nil {
			return
		}
		kept.Keep(message)
	}
}

func newCompressor(w io.Writer) wsflate.Compressor {
	// It fails only where the level is out of range.
	compressor, _ := flate.NewWriter(w, flate.BestSpeed)
	return compressor
}

// readMessage checks what the reader can't, because it sees compressed bytes.
func readMessage(source io.Reader, opcode ws.OpCode) ([]byte, error) {
	message, err := io.ReadAll(io.LimitReader(source, kit.MaxMessageBytes+1))
	if err != nil {
		return nil, err
	}
	if len(message) > kit.MaxMessageBytes || opcode == ws.OpText && !utf8.Valid(message) {
		return nil, errRefused
	}
	return message, nil
}
