package lambdatest

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// apiVersion stands before every path of the Runtime API.
const apiVersion = "/2018-06-01/runtime"

// event is one invocation, from its hand-over to its result.
type event struct {
	id      string
	payload []byte
	result  chan result // holds one
}

type result struct {
	answer []byte
	err    error
}

func newEvent(payload []byte) *event {
	return &event{id: rand.Text(), payload: payload, result: make(chan result, 1)}
}

func (e *environment) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+apiVersion+"/invocation/next", e.next)
	mux.HandleFunc("POST "+apiVersion+"/invocation/{id}/response", e.settle(func(body []byte) result {
		return result{answer: body}
	}))
	mux.HandleFunc("POST "+apiVersion+"/invocation/{id}/error", e.settle(func(body []byte) result {
		return result{err: reported(body)}
	}))
	mux.HandleFunc("POST "+apiVersion+"/init/error", e.initError)
	return mux
}

// next is the long poll in which a function waits for work.
func (e *environment) next(w http.ResponseWriter, r *http.Request) {
	e.noteReady()
	var ev *event
	select {
	case ev = <-e.events:
	case <-r.Context().Done():
		return
	}
	e.mu.Lock()
	e.current = ev
	e.mu.Unlock()
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Lambda-Runtime-Aws-Request-Id", ev.id)
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(e.config.Timeout).UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn",
		"arn:aws:lambda:us-east-1:000000000000:function:"+e.config.Name)
	// A process that is gone by now is noticed by its end.
	_, _ = w.Write(ev.payload)
}

// noteReady marks the first request for an event.
func (e *environment) noteReady() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cold == 0 {
		e.cold = time.Since(e.began)
		close(e.ready)
	}
}

// settle ends the event under way with what read makes of the function's message.
func (e *environment) settle(read func(body []byte) result) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		e.mu.Lock()
		ev := e.current
		if ev == nil || ev.id != r.PathValue("id") {
			e.mu.Unlock()
			http.Error(w, "not the event under way", http.StatusBadRequest)
			return
		}
		e.current = nil
		e.mu.Unlock()
		ev.result <- read(body)
		w.WriteHeader(http.StatusAccepted)
	}
}

func (e *environment) initError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case e.failed <- reported(body):
	default: // one report is enough
	}
	w.WriteHeader(http.StatusAccepted)
}

// reported reads a function's report of an error.
func reported(body []byte) error {
	var report InvokeError
	if err := json.Unmarshal(body, &report); err != nil {
		return errors.Join(fmt.Errorf("reading the function's error report: %w", err),
			&InvokeError{Type: "Unreadable", Message: string(body)})
	}
	return &report
}
