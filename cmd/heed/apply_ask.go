package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/heedsms/heed/internal/plan"
)

// asked asks whether to carry a plan out, and then for what is dangerous by its name.
func asked(in io.Reader, out io.Writer, dangers []plan.Change) bool {
	lines := bufio.NewReader(in)
	yes := func() bool {
		answer, _ := lines.ReadString('\n') // who ends the input says no
		answer = strings.ToLower(strings.TrimSpace(answer))
		return answer == "y" || answer == "yes"
	}
	fmt.Fprint(out, "\nDo this? [y/N] ")
	if !yes() {
		fmt.Fprintln(out, "Nothing was done.")
		return false
	}
	if len(dangers) == 0 {
		return true
	}
	fmt.Fprintln(out, "\nThese cannot be taken back for the people whom they concern:")
	for _, c := range dangers {
		fmt.Fprintf(out, "  %s %s, %s\n    ! %s\n", c.Op, c.What, c.Field, c.Danger)
	}
	fmt.Fprint(out, "Do them too? Otherwise nothing is done. [y/N] ")
	if !yes() {
		fmt.Fprintln(out, "Nothing was done.")
		return false
	}
	return true
}
