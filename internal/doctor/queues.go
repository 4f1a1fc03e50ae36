package doctor

import (
	"fmt"
	"time"

	"github.com/heedsms/heed/internal/vitals"
)

// The codes of queues.
const (
	QueueMissing    = "queue_missing"
	DeadLetters     = "dead_letters"
	QueueLag        = "queue_lag"
	VisibilityShort = "visibility_short"
	NoRedrive       = "no_redrive"
)

const (
	functionTimeout = 30 * time.Second    // of template.yaml
	leastVisibility = 6 * functionTimeout // as AWS asks: less gives a batch to two functions
	mostWaiting     = 1000                // messages; a function takes them in seconds
)

// Line is a queue and what it is there for.
type Line struct {
	What  string // "texts", "delivery events"
	Queue vitals.Queue
	// Dead says that the queue holds what could not be handled.
	Dead bool
}

// Queues judges the queues of a deployment.
func Queues(lines []Line, n Names) []Finding {
	var findings []Finding
	redeploy := fmt.Sprintf("sam deploy --stack-name %s   # the template sets it", n.Stack)
	for _, l := range lines {
		q := l.Queue
		found := func(code string, severity Severity, mend, format string, args ...any) {
			findings = append(findings, Finding{Code: code, Severity: severity, About: last(q.URL), Text: fmt.Sprintf(format, args...), Mend: mend})
		}
		set := func(attribute string) string {
			return fmt.Sprintf("aws sqs set-queue-attributes --queue-url %s --attributes %s --region %s", q.URL, attribute, n.Region)
		}
		switch {
		case !q.Exists:
			found(QueueMissing, Error, redeploy, "there is no such queue: %s are lost", l.What)
		case l.Dead && q.Waiting+q.UnderWay > 0:
			found(DeadLetters, Error, "heed replay --source dlq --dry-run", "%s that could not be handled: %d. Each may be a STOP", l.What, q.Waiting+q.UnderWay)
		case l.Dead:
		default:
			if q.Waiting > mostWaiting {
				found(QueueLag, Warning, fmt.Sprintf("sam logs --stack-name %s   # errors? else give the function more concurrency", n.Stack),
					"%d %s wait: the function fails or cannot keep up, and a STOP among them waits too", q.Waiting, l.What)
			}
			if q.Visibility < leastVisibility {
				found(VisibilityShort, Warning, set(fmt.Sprintf("VisibilityTimeout=%d", int(leastVisibility.Seconds()))),
					"gives a message out again after %s, before a function of %s can be sure to have ended: work is done twice", q.Visibility, functionTimeout)
			}
			if !q.Redriven {
				found(NoRedrive, Error, redeploy, "has no dead-letter queue: what cannot be handled is tried until it is too old, and is lost")
			}
		}
	}
	return findings
}
