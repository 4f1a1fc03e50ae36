package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/simulator"
)

// handleControl serves what a test wants of the double and no API has: its clock and its faults.
func handleControl(mux *http.ServeMux, sim *simulator.Simulator) {
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, _ *http.Request) { answerClock(w, sim) })
	mux.HandleFunc("POST /clock", func(w http.ResponseWriter, r *http.Request) {
		const (
			example  = `{"advance": "72h"}`
			lastYear = 2200 // what is left of a time.Duration since today, and no message waits that long
		)
		var move struct{ Advance string }
		if !readJSON(w, r, &move, example) {
			return
		}
		by, err := time.ParseDuration(move.Advance)
		if err != nil || by < 0 {
			http.Error(w, "write "+example+": a time that goes on", http.StatusBadRequest)
			return
		}
		if sim.Now().Add(by).Year() > lastYear {
			http.Error(w, fmt.Sprintf("the clock goes on to the year %d", lastYear), http.StatusBadRequest)
			return
		}
		sim.Advance(by) //nolint:contextcheck // what falls due is delivered although this caller may go away
		answerClock(w, sim)
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		const example = `{"operation": "SendTextMessage", "throttle": true}`
		var wanted wantedFault
		if !readJSON(w, r, &wanted, example) {
			return
		}
		fault, problem := wanted.fault()
		if problem != "" {
			http.Error(w, problem, http.StatusBadRequest)
			return
		}
		if wanted.Operation != "" && !slices.Contains(sim.Operations(), wanted.Operation) {
			http.Error(w, "operation: there is none of this name; write it as AWS does, as SendTextMessage", http.StatusBadRequest)
			return
		}
		sim.Fail(wanted.Operation, fault)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		sim.Heal()
		w.WriteHeader(http.StatusNoContent)
	})
}

func answerClock(w http.ResponseWriter, sim *simulator.Simulator) {
	answerJSON(w, map[string]time.Time{"now": sim.Now()})
}

// wantedFault is a [simulator.Fault] as it is written in JSON. Operation is AWS's name; empty means any.
type wantedFault struct {
	Operation string
	// Times is how many calls it strikes; 0 means one, a negative number all until DELETE /faults.
	Times int
	// Throttle refuses with ThrottlingException, Refuse with InternalServerException or AccessDeniedException.
	Throttle bool
	Refuse   string
	// Lose loses the answer of a call that has its effect: "cut" cuts the connection, "error" answers 500.
	Lose string
	// Delay is waited before the effect, DelayAfter between effect and answer.
	Delay, DelayAfter string
}

// fault reads what is wanted, or says what is wrong with it.
func (f wantedFault) fault() (fault simulator.Fault, problem string) {
	fault = simulator.Fault{Times: f.Times, Throttle: f.Throttle}
	switch f.Refuse {
	case "":
	case "InternalServerException":
		fault.Before = &types.InternalServerException{Message: aws.String("The request could not be completed")}
	case "AccessDeniedException":
		fault.Before = &types.AccessDeniedException{Message: aws.String("The account is disabled"), Reason: types.AccessDeniedExceptionReasonAccountDisabled}
	default:
		return fault, `refuse: write "InternalServerException" or "AccessDeniedException"`
	}
	switch f.Lose {
	case "":
	case "cut":
		fault.AfterAccept = simulator.CutConnection
	case "error":
		fault.AfterAccept = simulator.AnswerServerError
	default:
		return fault, `lose: write "cut" or "error"`
	}
	for _, d := range []struct {
		member, written string
		into            *time.Duration
	}{{"delay", f.Delay, &fault.Delay}, {"delayAfter", f.DelayAfter, &fault.DelayAfter}} {
		if d.written == "" {
			continue
		}
		var err error
		if *d.into, err = time.ParseDuration(d.written); err != nil || *d.into < 0 {
			return fault, d.member + `: write a time, as "5s"`
		}
	}
	if fault == (simulator.Fault{Times: f.Times}) {
		return fault, `nothing is to go wrong: write one of "throttle", "refuse", "lose", "delay", "delayAfter"`
	}
	return fault, ""
}
