package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/sms"
)

type textCommand struct {
	Body string `arg:"" help:"What the person writes."`
	From string `help:"The person's number." default:"+14255550101"`
	To   string `help:"The number, phone-number id or RCS agent that is texted." default:"+12065550100"`
	URL  string `name:"url" help:"Where heed simulate serves." default:"http://${double}"`
}

// Help is shown by heed text --help.
func (textCommand) Help() string {
	return `A person texts a number of the local double: heed simulate must be running. Written is AWS's id of the text.

  heed text STOP
  heed text --from +14255550102 --to +12065550100 "JOIN spring"
  heed text --url http://127.0.0.1:4600 HELP

What the phone got: curl http://127.0.0.1:4579/people/+14255550101/messages`
}

// Run texts.
func (c textCommand) Run(ctx context.Context, t terminal) error {
	if !isNumber(sms.ParsePhone(c.From)) {
		return wrongUse("--from %s is nobody's number: %s", c.From, writeNumber)
	}
	body, err := json.Marshal(map[string]string{"to": c.To, "body": c.Body})
	if err != nil {
		return fmt.Errorf("write the text: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	to := strings.TrimSuffix(c.URL, "/") + "/people/" + url.PathEscape(c.From) + "/messages"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return wrongUse("--url: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("text (is heed simulate running at %s?): %w", c.URL, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("text: %s", strings.TrimSpace(string(answer)))
	}
	var accepted struct{ InboundMessageID string }
	if err := json.Unmarshal(answer, &accepted); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	_, err = fmt.Fprintln(t.out, accepted.InboundMessageID)
	return err
}
