package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/heedsms/heed/internal/plan"
)

// asked asks whether to carry a plan out, and then for what is dangerous by its name.
func asked(ctx context.Context, in io.Reader, out io.Writer, dangers []plan.Change) bool {
	answers := bufio.NewReader(in)
	fmt.Fprint(out, "\nDo this? [y/N] ")
	ok := saysYes(ctx, answers)
	if ok && len(dangers) > 0 {
		fmt.Fprintln(out, "\nThese cannot be taken back for the people whom they concern:")
		for _, c := range dangers {
			fmt.Fprintf(out, "  %s %s, %s\n    ! %s\n", c.Op, printable(c.What), printable(c.Field), printable(c.Danger))
		}
		fmt.Fprint(out, "Do them too? Otherwise nothing is done. [y/N] ")
		ok = saysYes(ctx, answers)
	}
	if !ok {
		fmt.Fprintln(out, "Nothing was done.")
	}
	return ok
}

// saysYes reads one line. Who ends the input or interrupts says no.
func saysYes(ctx context.Context, answers *bufio.Reader) bool {
	read := make(chan string, 1)
	go func() {
		line, _ := answers.ReadString('\n') // an input that ends is no yes
		read <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return false
	case answer := <-read:
		return answer == "y" || answer == "yes"
	}
}
