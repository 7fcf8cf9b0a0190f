package main

import (
	"net"

	"contenders/internal/kit"

	"github.com/lxzan/gws"
)

// serveTuned is the library's own server, without net/http.
func serveTuned(
	contender *kit.Contender,
	handler handler,
	settings *gws.ServerOption,
	options []kit.Option,
) error {
	server := gws.NewServer(handler, settings)
	// The library's own logs the error.
	server.OnError = func(conn net.Conn, _ error) {
		if conn != nil {
			conn.Close()
		}
	}
	listener, err := contender.Listen(append(options, kit.NewOption("gws.Server", "RunListener"))...)
	if err != nil {
		return err
	}
	return server.RunListener(listener)
}
