package main

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/rogpeppe/go-internal/testscript"
)

// sourceDir is this package's folder; tests that change folder need it.
var sourceDir string

func TestMain(m *testing.M) {
	dir, err := os.Getwd()
	if err != nil {
		os.Exit(1)
	}
	sourceDir = dir
	testscript.Main(m, map[string]func(){"amisync": main})
}

// TestScripts runs the commands as a person would, in testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": code, "serve": serve},
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", filepath.Join(sourceDir, "..", "..", "examples"))
			e.Setenv("AWS_CONFIG_FILE", os.DevNull)
			e.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			return nil
		},
	})
}

// code runs a program and insists on its exit code: code 5 amisync validate.
func code(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: code N program args")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}

// serve serves a scene over HTTP and points the AWS environment at it, as its
// first account: serve scene.yaml.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: serve scene.yaml")
	}
	scene, err := sandbox.ParseScene(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	cloud, err := sandbox.New(scene)
	ts.Check(err)
	server := httptest.NewServer(cloud)
	ts.Defer(server.Close)
	ts.Setenv("AWS_ENDPOINT_URL", server.URL)
	ts.Setenv("AWS_ACCESS_KEY_ID", scene.Accounts[0].ID)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
	ts.Setenv("AWS_REGION", "us-east-1")
}
