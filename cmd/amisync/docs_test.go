package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/spf13/cobra"
)

// serveHere serves the first account of the examples, with their source, and
// points this process's AWS environment at it.
func serveHere(t *testing.T, copies sandbox.Timing) *sandbox.Cloud {
	t.Helper()
	cloud, err := sandbox.New(sandbox.Scene{
		Accounts: []sandbox.Account{{ID: "111122223333"}},
		Images: []sandbox.Image{{
			ID: "ami-0abcdef1234567890", Region: "us-east-1", Name: "web-base-1",
			Devices: []sandbox.Device{{Name: "/dev/xvda", Size: 8}},
		}},
		Settings: sandbox.Settings{Copy: copies},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(cloud)
	t.Cleanup(server.Close)
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "sandbox",
		"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(k, v)
	}
	return cloud
}

// TestReadme runs the README's first file and its commands, in order.
func TestReadme(t *testing.T) {
	readme := read(t, "README.md")
	serveHere(t, sandbox.Timing{Instant: true})
	t.Chdir(t.TempDir())
	write(t, "amis.yaml", blockWith(t, readme, "version: 1"))
	for line := range strings.Lines(blockWith(t, readme, "amisync validate")) {
		args := arguments(line)
		if args[0] == "apply" {
			args = append(args, "--yes", "--quiet", "--poll=1s")
		}
		mustRun(t, 0, args...)
	}
	if out := mustRun(t, 0, "plan", "--detailed-exitcode"); !strings.Contains(out, "No changes. 2 copies in 2 Regions match amis.yaml.") {
		t.Errorf("after the README's commands there is something left to do:\n%s", out)
	}
}

// TestPlanWritesNothing counts what plan and audit change: there is no dry run,
// they have no executor.
func TestPlanWritesNothing(t *testing.T) {
	cloud := serveHere(t, sandbox.Timing{Instant: true})
	t.Chdir(t.TempDir())
	write(t, "amis.yaml", blockWith(t, read(t, "README.md"), "version: 1"))
	mustRun(t, 0, "plan")
	mustRun(t, 0, "audit")
	if len(cloud.Requests()) == 0 {
		t.Fatal("nothing was asked")
	}
	for _, r := range cloud.Requests() {
		if r.Mutating {
			t.Errorf("%s in %s changes something", r.Operation, r.Region)
		}
	}
}

// TestDocumentedCommands holds every command line of the docs and of --help
// against the commands and flags that exist.
func TestDocumentedCommands(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(sourceDir, "..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"README.md": read(t, "README.md")}
	for _, page := range pages {
		texts[filepath.Base(page)] = read(t, filepath.Join("docs", filepath.Base(page)))
	}
	for _, cmd := range commands(newRoot(&app{})) {
		if cmd.Example == "" && cmd.Runnable() && !cmd.Hidden {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		texts[cmd.CommandPath()+" --help"] = "```\n" + cmd.Example + "\n```"
	}
	for page, text := range texts {
		for _, line := range commandLines(text) {
			if err := parses(arguments(line)); err != nil {
				t.Errorf("%s: %q: %v", page, line, err)
			}
		}
	}
}

func commands(root *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{root}
	for _, c := range root.Commands() {
		all = append(all, commands(c)...)
	}
	return all
}

var fences = regexp.MustCompile("(?ms)^```[a-z ]*\n(.*?)^```")

// commandLines are the lines of fenced blocks that call amisync.
func commandLines(text string) []string {
	var lines []string
	for _, block := range fences.FindAllStringSubmatch(text+"\n", -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
			if strings.HasPrefix(line, "amisync ") && !strings.HasPrefix(line, "amisync completion") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// arguments splits a documented line as a shell would, as far as the docs go.
func arguments(line string) []string {
	line, _, _ = strings.Cut(line, " #")
	line, _, _ = strings.Cut(line, " > ")
	fields := strings.Fields(strings.ReplaceAll(line, "'", ""))
	return slices.DeleteFunc(fields[1:], func(f string) bool { return f == "" })
}

// parses finds the command of a line and reads its flags.
func parses(args []string) error {
	root := newRoot(&app{})
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sourceDir, "..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// blockWith is the fenced block of a page whose first line begins so.
func blockWith(t *testing.T, page, begin string) string {
	t.Helper()
	for _, block := range fences.FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(block[1], begin) {
			return block[1]
		}
	}
	t.Fatalf("no block begins with %q", begin)
	return ""
}
