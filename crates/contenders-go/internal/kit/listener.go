package kit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

var errNoDelayIgnored = errors.New("this system's accepted sockets have no TCP_NODELAY, so its numbers could not be compared")

// listen opens a listening socket. Go itself sets SO_REUSEADDR, takes the
// backlog from net.core.somaxconn and sets TCP_NODELAY on what it accepts. It
// would also turn TCP keep-alive on, with three system calls per connection
// that no other server here makes.
func listen(address string) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	listener, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with --listen", address, err)
	}
	noDelay, err := acceptsWithNoDelay(listener)
	if err == nil && !noDelay {
		err = errNoDelayIgnored
	}
	if err != nil {
		listener.Close()
		return nil, err
	}
	return listener, nil
}

// acceptsWithNoDelay connects to listener once, before anybody else can, to see
// what a socket that it accepts has.
func acceptsWithNoDelay(listener net.Listener) (bool, error) {
	probe, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return false, err
	}
	defer probe.Close()
	accepted, err := listener.Accept()
	if err != nil {
		return false, err
	}
	defer accepted.Close()
	return noDelay(accepted)
}

func noDelay(conn net.Conn) (bool, error) {
	tcp, ok := conn.(syscall.Conn)
	if !ok {
		return false, fmt.Errorf("%T is no socket", conn)
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false, err
	}
	var value int
	var failed error
	err = raw.Control(func(descriptor uintptr) {
		value, failed = syscall.GetsockoptInt(int(descriptor), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
	})
	return value != 0, errors.Join(err, failed)
}
