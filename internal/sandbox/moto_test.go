package sandbox_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

var (
	withMoto = flag.Bool("moto", false, "run the facts against moto_server too")
	update   = flag.Bool("update", false, "write the table of differences into docs/sandbox.md")
)

const docs = "../../docs/sandbox.md"

// calm is a client for servers of other processes.
var calm = &http.Client{Transport: steady{http.DefaultTransport}}

var motoTable = regexp.MustCompile(`(?s)(<!-- moto: generated -->\n).*(<!-- end -->)`)

// TestMoto reports where moto differs from the documented facts, as the table
// in docs/sandbox.md. Run it with
//
//	go test ./internal/sandbox -run TestMoto -moto [-update]
func TestMoto(t *testing.T) {
	if !*withMoto {
		t.Skip("needs -moto: it takes minutes")
	}
	url := moto(t, "MOTO_EC2_LOAD_DEFAULT_AMIS=false")
	var differs, table strings.Builder
	n := 0
	for _, f := range facts() {
		reset(t, url)
		s := &subject{t: t, advance: func(time.Duration) {}, config: func(region string) aws.Config {
			return aws.Config{
				Region: region, BaseEndpoint: &url, HTTPClient: calm, Credentials: credentials.NewStaticCredentialsProvider("t", "t", ""),
				Retryer: func() aws.Retryer { return aws.NopRetryer{} },
			}
		}}
		err := f.probe(s)
		if err == nil {
			n++
			continue
		}
		t.Logf("%s: %v", f.says, err)
		fmt.Fprintf(&differs, "| %s | %s | %s |\n", f.says, f.doc, brief(err))
	}
	fmt.Fprintf(&table, "moto 5.2.1 holds %d of %d facts. It differs in these:\n\n| fact | where AWS says it | what moto does |\n| --- | --- | --- |\n%s", n, len(facts()), differs.String())
	page := must(os.ReadFile(docs))(t)
	now := motoTable.ReplaceAll(page, []byte("${1}"+strings.ReplaceAll(table.String(), "$", "$$")+"${2}"))
	if *update {
		must(0, os.WriteFile(docs, now, 0o644))(t)
	} else if string(now) != string(page) {
		t.Error("docs/sandbox.md is not what moto does now: run this with -update")
	}
}

var (
	apiCode  = regexp.MustCompile(`^(.*: )?operation error .*api error (\w[\w.]*):.*, want (\w[\w.]*)$`)
	apiError = regexp.MustCompile(`^(.*: )?operation error (\w+): (\w+),.*api error (\w[\w.]*):.*$`)
	ids      = regexp.MustCompile(`\b(ami|snap|i|vol)-[0-9a-f]{8,17}\b|key/[0-9a-f-]{36}|^[0-9a-f-]{36}: `)
	broken   = regexp.MustCompile(`operation error (\w+): (\w+), https response error StatusCode: 500`)
)

// brief is an error without what changes from run to run.
func brief(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if m := broken.FindStringSubmatch(text); m != nil {
		return m[2] + ": HTTP 500 with an HTML page"
	}
	text = apiCode.ReplaceAllString(text, "$2, want $3")
	text = apiError.ReplaceAllString(text, "$3: $4")
	text = ids.ReplaceAllString(text, "…")
	return strings.ReplaceAll(text, "|", "/")
}

// moto starts a moto_server and gives its address.
func moto(t *testing.T, env ...string) string {
	t.Helper()
	path := tool(t, "moto_server", "--help")
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	addr := l.Addr().String()
	must(0, l.Close())(t)
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), path, "-H", "127.0.0.1", "-p", port)
	cmd.Env = append(os.Environ(), env...)
	must(0, cmd.Start())(t)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		http.DefaultClient.CloseIdleConnections()
	})
	url := "http://" + addr
	tick := time.NewTicker(100 * time.Millisecond) // another program: there is no event to wait for
	defer tick.Stop()
	for range 300 {
		if resp, err := http.Get(url + "/moto-api/"); err == nil {
			_ = resp.Body.Close()
			return url
		}
		<-tick.C
	}
	t.Fatal("moto_server does not answer")
	return ""
}

func reset(t *testing.T, url string) {
	t.Helper()
	resp, err := http.Post(url+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}
