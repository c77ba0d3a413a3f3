package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A file is replaced as a whole or stays as it was, and nothing is left beside it.
func TestFilesAreReplacedInOneStep(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "report.json")
	put := func(text string, err error) error {
		return writeFile(name, func(w io.Writer) error {
			_, werr := io.WriteString(w, text)
			return errors.Join(err, werr)
		})
	}
	if err := put("whole", nil); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(name) // whoever reads the old one goes on reading it
	if err != nil {
		t.Fatal(err)
	}
	if err := put("half", errors.New("no more")); err == nil || readText(t, name) != "whole" {
		t.Errorf("after a failure: %v, %q", err, readText(t, name))
	}
	if err := put("another", nil); err != nil || readText(t, name) != "another" {
		t.Errorf("%v, %q", err, readText(t, name))
	}
	old, err := io.ReadAll(reader)
	if err = errors.Join(err, reader.Close()); err != nil || string(old) != "whole" {
		t.Errorf("the reader of the old one: %v, %q", err, old)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(dir, "folder") // which no file replaces
	if err := put("x", nil); err == nil {
		t.Error("a folder was replaced")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("%d entries are left: %v, %v", len(left), left, err)
	}
}
