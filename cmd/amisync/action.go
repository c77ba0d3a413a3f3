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
	"github.com/amisync/amisync/internal/spec"
	"github.com/spf13/cobra"
)

// actionCommands are the commands that the GitHub Action runs.
var actionCommands = []string{"validate", "plan", "apply", "sync", "audit"}

// newAction is what action.yml calls: it takes its inputs from the environment,
// runs one command, and writes the step's outputs, annotations and summary.
func newAction(a *app) *cobra.Command {
	return &cobra.Command{
		Use:    "action",
		Short:  "Run one command as a step of a GitHub workflow (see action.yml)",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			step, err := a.newStep()
			if err != nil {
				return err
			}
			return step.run(cmd)
		},
	}
}

// step is one run of the Action.
type step struct {
	outer   *app
	inner   *app // the command's own
	printed bytes.Buffer
	command string
	file    string
	args    []string
	dir     string // where the files go
}

func (a *app) newStep() (*step, error) {
	s := &step{outer: a, command: a.getenv("AMISYNC_COMMAND"), file: a.getenv("AMISYNC_FILE")}
	if !slices.Contains(actionCommands, s.command) {
		return nil, fmt.Errorf("the Action's input command is %q: use one of %s", s.command, strings.Join(actionCommands, ", "))
	}
	for line := range strings.Lines(a.getenv("AMISYNC_ARGS")) {
		if arg := strings.TrimSpace(line); arg != "" {
			s.args = append(s.args, arg)
		}
	}
	dir, err := os.MkdirTemp(a.getenv("RUNNER_TEMP"), "amisync-"+s.command+"-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the Action's files: %w", err)
	}
	s.dir = dir
	s.inner = &app{getenv: a.getenv, streams: streams{in: a.in, out: io.MultiWriter(a.out, &s.printed), err: a.err}}
	return s, nil
}

// run runs the command and hands on its outcome; that the outputs could not be
// written is an error of its own.
func (s *step) run(cmd *cobra.Command) error {
	root := newRoot(s.inner)
	root.SetArgs(s.commandLine())
	root.SetOut(s.inner.out)
	root.SetErr(s.inner.err)
	if err := root.ExecuteContext(cmd.Context()); err != nil {
		s.inner.outcome.err = err
	}
	s.inner.outcome.interrupted = s.inner.outcome.interrupted || cmd.Context().Err() != nil
	s.outer.outcome = s.inner.outcome
	if err := errors.Join(s.annotate(), s.summarize(), s.writeOutputs()); err != nil {
		return errors.Join(s.inner.outcome.err, err)
	}
	return s.inner.outcome.err
}

// commandLine is the command with the files that later steps read.
func (s *step) commandLine() []string {
	args := []string{s.command, "--color=never", "--file=" + s.file}
	if s.command != "validate" {
		args = append(args, "--json-out="+s.path("json"), "--markdown-out="+s.path("md"))
	}
	return append(args, s.args...)
}

func (s *step) path(extension string) string {
	return filepath.Join(s.dir, s.command+"."+extension)
}

// annotate marks the lines of amis.yaml that are wrong.
func (s *step) annotate() error {
	var invalid spec.Diagnostics
	if !errors.As(s.inner.outcome.err, &invalid) {
		return nil
	}
	for _, d := range invalid {
		if err := github.Annotate(s.outer.out, github.Annotation{File: d.File, Line: d.Line, Column: d.Column, Text: d.Message}); err != nil {
			return err
		}
	}
	return nil
}

// summarize shows the Markdown of the command on the run's page, or the error.
func (s *step) summarize() error {
	return s.appendTo("GITHUB_STEP_SUMMARY", func(w io.Writer) error {
		markdown, err := os.ReadFile(s.path("md"))
		if errors.Is(err, os.ErrNotExist) {
			markdown, err = s.plainSummary(), nil
		}
		if err != nil {
			return fmt.Errorf("reading the summary: %w", err)
		}
		return github.Summary(w, markdown)
	})
}

func (s *step) plainSummary() []byte {
	if err := s.inner.outcome.err; err != nil {
		return github.Fenced("amisync "+s.command+" failed", err.Error())
	}
	return github.Fenced("amisync "+s.command, s.printed.String())
}

func (s *step) writeOutputs() error {
	outputs := []github.Output{
		{Name: "exit-code", Value: strconv.Itoa(s.inner.outcome.exitCode())},
		{Name: "failure-reason", Value: s.inner.outcome.reason()},
	}
	for name, path := range map[string]string{"json": s.path("json"), "markdown": s.path("md")} {
		if _, err := os.Stat(path); err == nil {
			outputs = append(outputs, github.Output{Name: name, Value: path})
		}
	}
	if s.inner.plan != nil {
		outputs = append(outputs, github.PlanOutputs(*s.inner.plan)...)
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
