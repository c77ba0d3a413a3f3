package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

const stateVersion = 1

// stateFile is where a Cloud keeps its state between runs.
type stateFile struct {
	path string
	lock *os.File

	mu    sync.Mutex
	saved int64 // number of the last request that is in the file
}

// Open makes a Cloud that is kept in a file. If the file exists, its state goes
// on from the time it was saved at, and of the scene only those accounts,
// keys, images, parameters and references are added that are not there yet.
// A second process that opens the same file is refused.
func Open(path string, scene Scene, opts ...Option) (*Cloud, error) {
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("state file %s is in use: %w", path, err)
	}
	c, err := load(path, scene, opts)
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	c.file = &stateFile{path: path, lock: lock}
	if err := c.Save(); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return c, nil
}

func load(path string, scene Scene, opts []Option) (*Cloud, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return New(scene, opts...)
	}
	if err != nil {
		return nil, err
	}
	st := &state{}
	if err := json.Unmarshal(data, st); err != nil {
		return nil, fmt.Errorf("state file %s: %w", path, err)
	}
	if st.Version != stateVersion {
		return nil, fmt.Errorf("state file %s is of version %d, this is version %d", path, st.Version, stateVersion)
	}
	c := newCloud(st, collect(opts))
	for _, f := range st.Faults {
		c.AddFault(*f)
	}
	return c, c.add(scene)
}

// snapshot is the whole state as JSON, and the number of its last request.
func (c *Cloud) snapshot() ([]byte, int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.st.Now, c.st.Speed = c.clock.Now(), c.clock.Speed()
	c.st.Faults = nil
	for _, rule := range c.faults {
		c.st.Faults = append(c.st.Faults, &rule.Fault)
	}
	data, err := json.Marshal(c.st)
	return data, c.st.Requests, err
}

// Save writes the state file. It does nothing for a Cloud without one.
func (c *Cloud) Save() error {
	if c.file == nil {
		return nil
	}
	c.file.mu.Lock()
	defer c.file.mu.Unlock()
	return c.save()
}

func (c *Cloud) save() error {
	data, last, err := c.snapshot()
	if err != nil {
		return err
	}
	if err := replaceFile(c.file.path, data); err != nil {
		return err
	}
	c.file.saved = last
	return nil
}

// persist makes sure that the effect of a request is in the file. Requests that
// wait here together are written together.
func (c *Cloud) persist(seq int64) error {
	if c.file == nil || !c.opts.durable {
		return nil
	}
	c.file.mu.Lock()
	defer c.file.mu.Unlock()
	if c.file.saved >= seq {
		return nil
	}
	return c.save()
}

// Close saves the state and lets go of the file.
func (c *Cloud) Close() error {
	if c.file == nil {
		return nil
	}
	err := c.Save()
	return errors.Join(err, unlockFile(c.file.lock))
}

// replaceFile replaces a file so that a crash leaves the old or the new one
// whole.
func replaceFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when all went well
	if _, err := tmp.Write(data); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync() // not every file system can sync a directory
	return d.Close()
}
