package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"

	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// whatIsHere is told to who looks at the double with a browser.
const whatIsHere = `This is heed simulate, a local double of AWS End User Messaging SMS. Clients find it
by this address in AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2. Besides:

  GET, POST    /people/+14255550101/messages  what a phone got; a person texts
  GET, POST    /clock                         what time it is; time passes
  POST, DELETE /faults                        what is to go wrong

heed simulate --help shows how.
`

// doubleHandler is the API, and beside it what is no API at AWS: the people, the clock, the faults. Pages of other
// origins that a browser shows cannot change anything.
func doubleHandler(sim *simulator.Simulator) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /{$}", sim.Handler())
	mux.Handle("GET /", sim.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			sim.Handler().ServeHTTP(w, r) // a link of SNS
			return
		}
		_, _ = io.WriteString(w, whatIsHere) // the client went away: nothing is lost
	})
	mux.HandleFunc("POST /people/{number}/messages", func(w http.ResponseWriter, r *http.Request) {
		var said personal
		if !readJSON(w, r, &said, `{"to": "+12065550100", "body": "STOP"}`) {
			return
		}
		// What was said arrives although this caller may go away.
		id, err := said.say(context.WithoutCancel(r.Context()), sim, sms.ParsePhone(r.PathValue("number")))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answerJSON(w, map[string]string{"inboundMessageId": id})
	})
	mux.HandleFunc("GET /people/{number}/messages", func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, append([]simulator.Message{}, sim.Inbox(sms.ParsePhone(r.PathValue("number")))...))
	})
	handleControl(mux, sim)
	return http.NewCrossOriginProtection().Handler(mux)
}

// personal is what a person does on the phone: one of its members besides To. All but Body are for RCS agents.
type personal struct {
	To     string
	Body   *string
	Typing bool
	Tap    *struct{ Text, PostbackData string }
	// Media and Location become the JSON of the payload as they are. Media gets mediaStatus SUCCESS if it has none; of
	// locations AWS publishes no layout.
	Media, Location map[string]any
}

func (p personal) say(ctx context.Context, sim *simulator.Simulator, from sms.Phone) (inboundMessageID string, err error) {
	to := sms.ParseIdentity(p.To)
	switch {
	case !isNumber(from):
		return "", fmt.Errorf("%s is nobody's number: %s", from, writeNumber)
	case p.Body == nil && !to.IsRCSAgent() && (p.Typing || p.Tap != nil || p.Media != nil || p.Location != nil):
		return "", errors.New(`to a number there is nothing but a "body": the rest is for RCS agents, whose ids begin with rcs-`)
	}
	switch {
	case p.Body != nil:
		return sim.Text(ctx, from, to, *p.Body)
	case p.Typing:
		return sim.Typing(ctx, from, to)
	case p.Tap != nil:
		return sim.Tap(ctx, from, to, p.Tap.Text, p.Tap.PostbackData)
	case p.Media != nil:
		media := map[string]any{"mediaStatus": "SUCCESS"}
		maps.Copy(media, p.Media)
		return sim.Interact(ctx, from, to, media)
	case p.Location != nil:
		location := map[string]any{"type": "LOCATION"}
		maps.Copy(location, p.Location)
		return sim.Interact(ctx, from, to, location)
	}
	return "", errors.New(`nothing was said: write one of "body", "typing", "tap", "media", "location"`)
}

// writeNumber is how a person's number is written.
const writeNumber = "write it as +14255550101"

// readJSON reads a request's body, or answers with what should be written.
func readJSON(w http.ResponseWriter, r *http.Request, into any, example string) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		// A second thing said would not be heard.
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the first value")
		}
	}
	if err != nil {
		http.Error(w, "write "+example+": "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client went away: nothing is lost
}
