// Package pgproxy stands between a program and Postgres, counts the round trips, and misbehaves on request: it cuts
// connections, stalls them, and calls a test just before a request reaches the server and just after the server
// answered but before the program learns of it. Those two moments are where a crash hurts.
//
// A round trip is what the client waits for: one Sync of the extended protocol, or one simple Query. Round trips are
// numbered from 1 in the order in which they are sent, over all connections. TLS is not spoken, neither to the
// client nor to the server.
package pgproxy

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Hooks are called from the goroutine of the connection, which waits for them. They may call the Proxy's methods,
// [Proxy.Close] apart.
type Hooks struct {
	// Before is called before the n-th round trip's request is sent on: the server has seen nothing of it.
	Before func(n int)
	// After is called when the server has answered the n-th round trip: its work is committed if it ever will be,
	// and the client has not yet heard a word.
	After func(n int)
}

// Proxy is a running proxy. Its methods may be called from several goroutines.
type Proxy struct {
	hooks    Hooks
	upstream string // connection string of the server
	network  string
	address  string
	listener net.Listener
	ending   context.CancelFunc
	running  sync.WaitGroup

	mu     sync.Mutex
	trips  int
	pairs  map[*pair]struct{}
	stall  chan struct{} // nil, or closed by Resume
	closed bool
}

// Start listens on 127.0.0.1 for connections that are meant for the server of the connection string upstream.
func Start(upstream string, hooks Hooks) (*Proxy, error) {
	config, err := pgx.ParseConfig(upstream)
	if err != nil {
		return nil, fmt.Errorf("reading the upstream's connection string: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		cancel()
		return nil, fmt.Errorf("listening: %w", err)
	}
	p := &Proxy{hooks: hooks, upstream: upstream, listener: listener, ending: cancel, pairs: map[*pair]struct{}{}}
	p.network, p.address = pgconn.NetworkAddress(config.Host, config.Port)
	p.running.Go(func() { p.accept(ctx) })
	return p, nil
}

// URL returns the upstream's connection string with the proxy in the place of the server.
func (p *Proxy) URL() string {
	address := p.listener.Addr().(*net.TCPAddr)
	u, err := url.Parse(p.upstream)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return fmt.Sprintf("%s host=127.0.0.1 port=%d sslmode=disable", p.upstream, address.Port)
	}
	u.Host = address.String()
	query := u.Query()
	query.Del("host")
	query.Del("port")
	query.Set("sslmode", "disable")
	u.RawQuery = query.Encode()
	return u.String()
}

// RoundTrips returns how many round trips were begun so far.
func (p *Proxy) RoundTrips() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trips
}

// Cut ends all connections of this moment, as a network or a failing server would. New ones are welcome.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for pair := range p.pairs {
		pair.cut()
	}
}

// Stall keeps all connections open and lets nothing through, neither way, until [Proxy.Resume].
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stall == nil {
		p.stall = make(chan struct{})
	}
}

// Resume ends a stall; what waited goes on.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stall != nil {
		close(p.stall)
		p.stall = nil
	}
}

// Close ends the proxy and its connections, and returns when the last hook has returned.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	err := p.listener.Close()
	p.ending()
	p.Cut()
	p.Resume()
	p.running.Wait()
	if err != nil {
		return fmt.Errorf("closing the proxy: %w", err)
	}
	return nil
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.serve(ctx, client) })
	}
}

// serve copies both ways until one side ends; then the other ends too.
func (p *Proxy) serve(ctx context.Context, client net.Conn) {
	server, err := new(net.Dialer).DialContext(ctx, p.network, p.address)
	if err != nil {
		_ = client.Close()
		return
	}
	both := &pair{proxy: p, client: client, server: server}
	defer both.end()
	if !p.add(both) {
		return
	}
	defer p.forget(both)
	var toClient sync.WaitGroup
	toClient.Go(func() {
		both.serverToClient()
		both.end()
	})
	both.clientToServer()
	both.end()
	toClient.Wait()
}

func (p *Proxy) add(both *pair) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.pairs[both] = struct{}{}
	return true
}

func (p *Proxy) forget(both *pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pairs, both)
}

func (p *Proxy) nextTrip() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trips++
	return p.trips
}

// waitWhileStalled returns when there is no stall.
func (p *Proxy) waitWhileStalled() {
	for {
		p.mu.Lock()
		stall := p.stall
		p.mu.Unlock()
		if stall == nil {
			return
		}
		<-stall
	}
}
