//go:build unix

package main

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
)

// interrupter sends this process a SIGINT, once, when progress tells that a
// copy was started.
type interrupter struct {
	bytes.Buffer

	once sync.Once
}

func (i *interrupter) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("started")) {
		i.once.Do(func() { _ = syscall.Kill(os.Getpid(), syscall.SIGINT) })
	}
	return i.Buffer.Write(b)
}

// TestInterrupt: the first Ctrl-C starts nothing new, writes the report and
// exits with 130; the next run finishes what goes on in AWS.
func TestInterrupt(t *testing.T) {
	cloud := serveHere(t, sandbox.Timing{})
	t.Chdir(t.TempDir())
	write(t, "amis.yaml", blockWith(t, read(t, "README.md"), "version: 1"))
	var out bytes.Buffer
	var errs interrupter
	if got := run([]string{"apply", "--yes", "--json-out", "report.json"}, streams{strings.NewReader(""), &out, &errs}); got != exitInterrupted {
		t.Fatalf("exit code %d\n%s%s", got, out.String(), errs.String())
	}
	report, err := os.ReadFile("report.json")
	if err != nil || !strings.Contains(string(report), `"interrupted": true`) {
		t.Fatalf("the report does not tell of the interrupt: %v\n%s", err, report)
	}
	mustRun(t, 0, "plan")
	cloud.Clock().Advance(24 * time.Hour)
	if out := mustRun(t, 0, "apply", "--yes", "--quiet", "--poll=1s"); !strings.Contains(out, "finish") && !strings.Contains(out, "copy") {
		t.Errorf("the next run has nothing to go on with:\n%s", out)
	}
	if out := mustRun(t, 0, "plan", "--detailed-exitcode"); !strings.Contains(out, "No changes.") {
		t.Errorf("after the next run there is something left:\n%s", out)
	}
}

// TestSecondInterrupt: while the first one waits for a call that AWS does not
// answer, a second one exits at once.
func TestSecondInterrupt(t *testing.T) {
	cloud := serveHere(t, sandbox.Timing{})
	silent, waits, end := make(chan struct{}), make(chan struct{}, 1), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-silent:
			select {
			case waits <- struct{}{}:
			default:
			}
			<-end
		default:
			cloud.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(end) })
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Chdir(t.TempDir())
	write(t, "amis.yaml", blockWith(t, read(t, "README.md"), "version: 1"))

	cmd := exec.CommandContext(t.Context(), os.Args[0], "apply", "--yes", "--poll=1s")
	cmd.Args[0] = "amisync" // as which this test's program is that command, see TestMain
	progress, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(progress)
	for lines.Scan() && !strings.Contains(lines.Text(), "started") {
	}
	close(silent)
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its exit code is looked at
		close(ended)
	}()
	select {
	case <-waits: // the next look at the copies
	case <-ended:
	}
	signals := time.NewTicker(200 * time.Millisecond) // two in the same moment may arrive as one
	defer signals.Stop()
	for n := 0; ; n++ {
		select {
		case <-signals.C:
			_ = cmd.Process.Signal(os.Interrupt)
		case <-ended:
			if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || n < 2 {
				t.Errorf("exit code %d after %d signals", code, n)
			}
			return
		}
	}
}
