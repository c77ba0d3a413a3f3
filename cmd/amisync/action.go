package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/amisync/amisync/internal/github"
	"github.com/spf13/cobra"
)

// actionCommands are the commands that the GitHub Action runs.
var actionCommands = []string{"validate", "plan", "apply", "sync", "audit"}

// newAction is what action.yml calls: it takes its inputs from the environment,
// runs one command, and writes what GitHub shows of it.
func newAction(a *app) *cobra.Command {
	return &cobra.Command{
		Use:    "action",
		Short:  "Run one command as a step of a GitHub workflow (see action.yml)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, errs := github.NewMute(a.out), github.NewMute(a.err)
			a.out, a.err = out, errs
			step, err := a.newStep()
			if err == nil {
				err = step.run(cmd)
			}
			return errors.Join(err, out.Close(), errs.Close())
		},
	}
}

// step is one run of the Action.
type step struct {
	outer   *app
	inner   *app // the command's own
	printed bytes.Buffer
	event   github.Event
	client  *github.Client // nil without a token

	command string
	file    string
	base    string
	args    []string
	label   string
	comment string // update, new or off
	author  string
	drift   bool
	dir     string // where the files go
	note    string // what is to be said plainly above all else
}

func (a *app) newStep() (*step, error) {
	s := &step{
		outer: a, client: github.NewClient(a.getenv),
		command: a.getenv("AMISYNC_COMMAND"), file: a.getenv("AMISYNC_FILE"), base: a.getenv("AMISYNC_BASE"),
		label: a.getenv("AMISYNC_LABEL"), comment: a.getenv("AMISYNC_COMMENT"), author: a.getenv("AMISYNC_COMMENT_AUTHOR"),
		drift: a.getenv("AMISYNC_DRIFT_ISSUE") == "true",
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	for line := range strings.Lines(a.getenv("AMISYNC_ARGS")) {
		if arg := strings.TrimSpace(line); arg != "" {
			s.args = append(s.args, arg)
		}
	}
	var err error
	if s.event, err = github.ReadEvent(a.getenv); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp(a.getenv("RUNNER_TEMP"), "amisync-"+s.command+"-"); err != nil {
		return nil, fmt.Errorf("making a folder for the Action's files: %w", err)
	}
	s.inner = &app{getenv: a.getenv, streams: streams{in: a.in, out: io.MultiWriter(a.out, &s.printed), err: a.err}}
	return s, nil
}

// check refuses inputs that mean nothing.
func (s *step) check() error {
	if !slices.Contains(actionCommands, s.command) {
		return fmt.Errorf("the Action's input command is %q: use one of %s", s.command, strings.Join(actionCommands, ", "))
	}
	if modes := []string{"", "update", "new", "off"}; !slices.Contains(modes, s.comment) {
		return fmt.Errorf("the Action's input comment is %q: use update, new or off", s.comment)
	}
	return nil
}

// run runs the command and hands on its outcome; that the outputs could not be
// written is an error of its own. Comments and issues are for people: that one
// could not be written is a warning.
func (s *step) run(cmd *cobra.Command) error {
	s.withoutCredentials()
	root := newRoot(s.inner)
	root.SetArgs(s.commandLine())
	root.SetOut(s.inner.out)
	root.SetErr(s.inner.err)
	if err := root.ExecuteContext(cmd.Context()); err != nil {
		s.inner.outcome.err = err
	}
	s.inner.outcome.interrupted = s.inner.outcome.interrupted || cmd.Context().Err() != nil
	s.outer.outcome = s.inner.outcome
	err := errors.Join(s.annotate(), s.summarize(), s.writeOutputs())
	if told := errors.Join(s.tell(cmd.Context()), s.tellDrift(cmd.Context())); told != nil {
		err = errors.Join(err, github.Warn(s.outer.out, told.Error()))
	}
	if err != nil {
		return errors.Join(s.inner.outcome.err, err)
	}
	return s.inner.outcome.err
}

// commandLine is the command with the files that later steps read. The file is
// named only where it is another than the default, so that --repo can be used.
func (s *step) commandLine() []string {
	args := []string{s.command, "--color=never"}
	if s.file != "" && s.file != defaultFile {
		args = append(args, "--file="+s.file)
	}
	if s.base != "" && s.command == "plan" {
		args = append(args, "--base="+s.base)
	}
	if s.command != "validate" {
		args = append(args, "--json-out="+s.path("json"), "--markdown-out="+s.path("md"))
	}
	return append(args, s.args...)
}

func (s *step) path(extension string) string {
	return filepath.Join(s.dir, s.command+"."+extension)
}

// summarize shows the Markdown of the command on the run's page, or the error.
func (s *step) summarize() error {
	return s.appendTo("GITHUB_STEP_SUMMARY", func(w io.Writer) error {
		markdown, err := s.markdown()
		if err != nil {
			return err
		}
		return github.Summary(w, markdown)
	})
}

// markdown is what there is to read: the command's own Markdown, or else what
// it printed or failed with, below what must be said plainly.
func (s *step) markdown() ([]byte, error) {
	text, err := os.ReadFile(s.path("md"))
	switch {
	case s.inner.outcome.err != nil && err != nil:
		text = github.Fenced("amisync "+s.command+" failed", s.inner.outcome.err.Error())
	case errors.Is(err, os.ErrNotExist):
		text = github.Fenced("amisync "+s.command, s.printed.String())
	case err != nil:
		return nil, fmt.Errorf("reading the Markdown of %s: %w", s.command, err)
	}
	if s.note == "" {
		return text, nil
	}
	heading, rest, _ := strings.Cut(string(text), "\n")
	return []byte(heading + "\n\n> [!NOTE]\n> " + s.note + "\n" + rest), nil
}

func (s *step) writeOutputs() error {
	outputs := []github.Output{
		{Name: "exit-code", Value: strconv.Itoa(s.inner.outcome.exitCode())},
		{Name: "failure-reason", Value: s.inner.outcome.reason()},
	}
	for _, f := range []struct{ name, path string }{{"plan-json", s.path("json")}, {"plan-markdown", s.path("md")}} {
		if _, err := os.Stat(f.path); err == nil {
			outputs = append(outputs, github.Output{Name: f.name, Value: f.path})
		}
	}
	if s.inner.plan != nil {
		outputs = append(outputs, github.PlanOutputs(*s.inner.plan)...)
	}
	if s.inner.report != nil {
		outputs = append(outputs, github.ReportOutputs(*s.inner.report)...)
	}
	return s.appendTo("GITHUB_OUTPUT", func(w io.Writer) error { return github.WriteOutputs(w, outputs) })
}

// appendTo adds to one of the files that GitHub names in the environment. Where
// it names none (a run by hand) there is nobody to tell.
func (s *step) appendTo(variable string, write func(io.Writer) error) error {
	name := s.outer.getenv(variable)
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("writing %s: %w", variable, err)
	}
	return errors.Join(write(f), f.Close())
}
