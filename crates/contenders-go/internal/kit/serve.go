package kit

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// acceptPause is how long to wait after accept failed for want of descriptors
// or memory. Until one is freed it would fail again at once, and spin.
const acceptPause = 10 * time.Millisecond

// ServeHTTP serves every request of every connection with handler, as
// [http.ListenAndServe] does, and logs nothing.
func (contender *Contender) ServeHTTP(handler http.HandlerFunc, options ...Option) error {
	listener, err := contender.Listen(options...)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	return server.Serve(listener)
}

// Serve calls handler with every connection, each on a goroutine of its own.
func (contender *Contender) Serve(handler func(net.Conn), options ...Option) error {
	listener, err := contender.Listen(options...)
	if err != nil {
		return err
	}
	return acceptEach(listener, handler)
}

func acceptEach(listener net.Listener, handler func(net.Conn)) error {
	for {
		conn, err := listener.Accept()
		switch {
		case err == nil:
			go handler(conn)
		case errors.Is(err, net.ErrClosed):
			return err
		default:
			time.Sleep(acceptPause)
		}
	}
}
