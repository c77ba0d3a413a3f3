package sandbox_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
)

const mib = 1 << 20

// gauge measures the heap while a server works.
type gauge struct {
	base uint64
	peak atomic.Uint64
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func newGauge() *gauge {
	runtime.GC()
	return &gauge{base: heap()}
}

// look takes a measurement; above says how far the heap was over its start, in
// MiB, at the worst.
func (g *gauge) look() {
	now := heap()
	for old := g.peak.Load(); now > old && !g.peak.CompareAndSwap(old, now); old = g.peak.Load() {
	}
}

func (g *gauge) above() int { return int(g.peak.Load()-g.base) / mib }

// endless is a body without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// TestHostileRequests holds that requests which are made to be costly are
// refused, and that neither they nor what is remembered of them takes much
// memory, however many there are at once.
func TestHostileRequests(t *testing.T) {
	const v = "&Version=2016-11-15"
	c := must(sandbox.New(scene(t, basicScene), sandbox.WithoutThrottling()))(t)
	var g *gauge
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.ServeHTTP(w, r)
		g.look()
	}))
	defer server.Close()
	for _, kind := range []struct {
		name   string
		body   string // endless where empty
		status int
	}{
		{"a huge body", "Action=DescribeImages" + v + "&a=" + strings.Repeat("a", 32*mib), 413},
		{"a body without an end", "", 413},
		{"a long value", "Action=DescribeImages" + v + "&a=" + strings.Repeat("a", 2*mib-100), 400},
		{"many parameters", "Action=DescribeImages" + v + manyParameters(24_000), 400},
		{"many filters", "Action=DescribeImages" + v + filters(10_000), 400},
		{"many accounts", "Action=ModifyImageAttribute" + v + "&ImageId=ami-0000000000000000f" + manyAccounts(20_000), 400},
	} {
		t.Run(kind.name, func(t *testing.T) {
			g = newGauge()
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 2 {
						var body io.Reader = endless{}
						if kind.body != "" {
							body = strings.NewReader(kind.body)
						}
						if got := refusal(t, server, body); got != kind.status && got != 0 {
							t.Errorf("%d, want %d", got, kind.status)
						}
					}
				})
			}
			wg.Wait()
			t.Logf("8 at once, 16 in all: %d MiB above the start", g.above())
			if g.above() > 320 {
				t.Errorf("%d MiB more than at the start", g.above())
			}
		})
	}
	g = newGauge()
	if kept := int(g.base) / mib; kept > 160 {
		t.Errorf("%d MiB are kept", kept)
	}
}

// refusal is the status of the answer, 0 where the server hung up on a client
// that would not stop sending.
func refusal(t *testing.T, server *httptest.Server, body io.Reader) int {
	t.Helper()
	r := must(http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, body))(t)
	r.Header.Set("Authorization", signed)
	r.Header.Set("Content-Type", form)
	resp, err := server.Client().Do(r)
	if err != nil {
		return 0
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func manyParameters(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "&p%d.%d.%d.%d=%s", i, i, i, i, "some_text_and_more_of_it_and_more_of_it_to_fill")
	}
	return b.String()
}

func manyAccounts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "&LaunchPermission.Add.%d.UserId=%012d", i+1, i)
	}
	return b.String()
}

// TestSlowClients holds that clients which send most of a large body and then
// nothing take no more than what they sent, and are answered in the end.
func TestSlowClients(t *testing.T) {
	const clients, sent = 100, 512 << 10
	c := must(sandbox.New(scene(t, basicScene)))(t)
	g := newGauge()
	server := httptest.NewUnstartedServer(c)
	server.Config.ReadTimeout = 3 * time.Second
	server.Start()
	defer server.Close()
	head := fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\nAction=", signed, mib)
	part := strings.Repeat("a", sent)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = conn.Close() }()
			_, _ = io.WriteString(conn, head+part)
			g.look()
			status := make([]byte, 12)
			if _, err := io.ReadFull(conn, status); err != nil || string(status) != "HTTP/1.1 400" {
				t.Errorf("%q %v", status, err)
			}
		})
	}
	wg.Wait()
	t.Logf("%d clients with %d KiB each: %d MiB above the start", clients, sent>>10, g.above())
	if g.above() > 250 {
		t.Errorf("%d MiB more than at the start", g.above())
	}
}

// TestManyNames holds that account ids cannot be made up without end.
func TestManyNames(t *testing.T) {
	c := must(sandbox.New(scene(t, basicScene)))(t)
	refused := 0
	for i := range 1100 {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Action=DescribeRegions&Version=2016-11-15"))
		r.Header.Set("Content-Type", form)
		r.Header.Set("Authorization", strings.Replace(signed, owner, fmt.Sprintf("%012d", i), 1))
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		if w.Code == http.StatusUnauthorized {
			refused++
		}
	}
	if refused != 102 {
		t.Errorf("%d of 1100 accounts refused, want 102: two are the scene's", refused)
	}
}
