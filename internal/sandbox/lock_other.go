//go:build !unix

package sandbox

import (
	"errors"
	"fmt"
	"os"
)

// lockFile takes a lock by making a file, which a crash leaves behind.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("another process has it open, or crashed and left %s to be deleted", path)
	}
	return f, nil
}

func unlockFile(f *os.File) error { return errors.Join(f.Close(), os.Remove(f.Name())) }
