// Package doctor says what is wrong with a deployment and how to mend it: each check goes from what was found to
// findings, and sees neither AWS nor a database.
package doctor

import (
	"fmt"
	"strings"

	"github.com/heedsms/heed/internal/plan"
)

// Severity says how bad a finding is.
type Severity string

// The severities. Advice is no fault: the work goes on without it.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Advice  Severity = "advice"
)

// Group is a part that is looked at by itself.
type Group string

// The groups, in the order in which they are told.
const (
	SettingsGroup     Group = "settings"
	DatabaseGroup     Group = "database"
	IdentityGroup     Group = "identity"
	AccountGroup      Group = "account"
	NumbersGroup      Group = "numbers"
	DestinationsGroup Group = "destinations"
	QueuesGroup       Group = "queues"
)

// Groups are all of them.
func Groups() []Group {
	return []Group{SettingsGroup, DatabaseGroup, IdentityGroup, AccountGroup, NumbersGroup, DestinationsGroup, QueuesGroup}
}

// Finding is something that is not as it should be.
type Finding struct {
	// Code is a stable word. docs/doctor.md has all of them.
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Program is the program of heed.yaml that it is about, About the number, pool, list, set, topic, queue or role; ""
	// where there is none.
	Program string `json:"program,omitempty"`
	About   string `json:"about,omitempty"`
	// Text says what it is and what it means.
	Text string `json:"text"`
	// Mend is the command that mends it, or what to do where no command does; "" where Text says it all.
	Mend string `json:"mend,omitempty"`
}

// Names are what the commands that mend speak of.
type Names struct {
	// File is the heed.yaml; Stack the name of the CloudFormation stack; Region that of the account.
	File, Stack, Region string
}

// apply is how a set-up that drifted is brought back.
func (n Names) apply() string {
	return fmt.Sprintf("heed apply %[1]s   # it shows the plan and asks; heed plan %[1]s only shows it", n.File)
}

// name is how an identity is spoken of: by its number, a pool by its id.
func name(id plan.Identity) string { return string(id.Number) }

// listName is the name in an ARN, as AWS's Describe calls give it.
func listName(nameOrARN string) string { return nameOrARN[strings.LastIndex(nameOrARN, "/")+1:] }

// quoted is a word of somebody else's as one word of a shell.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// few are the first of some names, and how many there are besides.
func few(names []string) string {
	const most = 3
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// last is what stands behind the last colon of an ARN, or slash of a URL.
func last(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }
