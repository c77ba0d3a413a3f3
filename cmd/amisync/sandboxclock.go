package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/amisync/amisync/internal/sandbox"
	"github.com/amisync/amisync/pkg/state"
	"github.com/spf13/cobra"
)

// clockFlags say whose clock is meant and where it should go.
type clockFlags struct {
	url     string
	state   string
	advance string
}

func newSandboxClock(a *app) *cobra.Command {
	var f clockFlags
	cmd := &cobra.Command{
		Use:   "clock",
		Short: "Read or move the sandbox's clock",
		Example: `  amisync sandbox clock
  amisync sandbox clock --advance 8d
  amisync sandbox clock --state rehearsal.json --advance 8d`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			now, err := f.move(cmd.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "The sandbox's clock says %s.\n", state.FormatTime(now))
			return err
		},
	}
	cmd.Flags().StringVar(&f.url, "url", "http://127.0.0.1:4599", "a sandbox that is served")
	cmd.Flags().StringVar(&f.state, "state", "", "a sandbox kept in this file, instead")
	cmd.Flags().StringVar(&f.advance, "advance", "", "move it forward by this, for example 8d or 36h")
	return cmd
}

func (f clockFlags) move(ctx context.Context) (time.Time, error) {
	var by time.Duration
	if f.advance != "" {
		d, err := state.ParseDuration(f.advance)
		if err != nil {
			return time.Time{}, fmt.Errorf("reading --advance: %w", err)
		}
		by = d
	}
	if f.state != "" {
		return f.moveFile(by)
	}
	return f.moveServer(ctx)
}

func (f clockFlags) moveFile(by time.Duration) (time.Time, error) {
	cloud, err := sandbox.Open(f.state, sandbox.Scene{})
	if err != nil {
		return time.Time{}, fmt.Errorf("opening the sandbox: %w", err)
	}
	cloud.Clock().Advance(by)
	now := cloud.Clock().Now()
	return now, cloud.Close()
}

// moveServer asks the control endpoint, which answers with the time.
func (f clockFlags) moveServer(ctx context.Context) (time.Time, error) {
	method, body := http.MethodGet, ""
	if f.advance != "" {
		method, body = http.MethodPost, fmt.Sprintf(`{"advance":%q}`, f.advance)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(f.url, "/")+"/_sandbox/clock", strings.NewReader(body))
	if err != nil {
		return time.Time{}, fmt.Errorf("asking the sandbox at %s: %w", f.url, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return time.Time{}, fmt.Errorf("asking the sandbox: %w (is it running?)", err)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return time.Time{}, fmt.Errorf("reading the sandbox's answer: %w", err)
	}
	return parseClock(resp.StatusCode, answer)
}

func parseClock(status int, answer []byte) (time.Time, error) {
	var clock struct{ Now time.Time }
	if status != http.StatusOK {
		return time.Time{}, fmt.Errorf("the sandbox answered %d: %s", status, answer)
	}
	if err := json.Unmarshal(answer, &clock); err != nil {
		return time.Time{}, fmt.Errorf("reading the sandbox's answer: %w", err)
	}
	return clock.Now, nil
}
