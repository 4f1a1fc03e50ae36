package program

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"text/template/parse"
)

// kind is the type of an expression in a template, known when it is parsed.
type kind int

const (
	textKind kind = iota
	numberKind
	listKind
	truthKind
)

// value is what an expression gives; its kind says which field holds it.
type value struct {
	text   string
	number int
	list   []string
	truth  bool
}

func (v value) printed(k kind) string {
	if k == numberKind {
		return strconv.Itoa(v.number)
	}
	return v.text
}

// isTrue is what {{if}} takes for true: what is not empty, as in text/template.
func (v value) isTrue(k kind) bool {
	switch k {
	case numberKind:
		return v.number != 0
	case listKind:
		return len(v.list) > 0
	case truthKind:
		return v.truth
	}
	return v.text != ""
}

type expr struct {
	kind kind
	eval func(*execution) (value, error)
}

const functionNames = "index, join, len, eq, ne, lt, le, gt, ge"

func compileCall(name string, nodes []parse.Node, inRange bool) (expr, error) {
	args := make([]expr, len(nodes))
	for i, n := range nodes {
		var err error
		if args[i], err = compileOperand(n, inRange); err != nil {
			return expr{}, err
		}
	}
	switch name {
	case "len":
		return compileLen(args)
	case "index":
		return compileIndex(args)
	case "join":
		return compileJoin(args)
	case "eq", "ne", "lt", "le", "gt", "ge":
		return compileComparison(name, args)
	}
	return expr{}, fmt.Errorf("there is no function %s: there are %s", name, functionNames)
}

func compileLen(args []expr) (expr, error) {
	if !kinds(args, listKind) {
		return expr{}, fmt.Errorf("len counts a list: write {{len .Args}}")
	}
	return expr{numberKind, func(x *execution) (value, error) {
		v, err := args[0].eval(x)
		return value{number: len(v.list)}, err
	}}, nil
}

func compileIndex(args []expr) (expr, error) {
	if !kinds(args, listKind, numberKind) {
		return expr{}, fmt.Errorf("index takes a list and a number: write {{index .Args 0}} for the first word after the keyword")
	}
	return expr{textKind, func(x *execution) (value, error) {
		list, err := args[0].eval(x)
		if err != nil {
			return value{}, err
		}
		at, err := args[1].eval(x)
		if err != nil {
			return value{}, err
		}
		if at.number < 0 || at.number >= len(list.list) {
			return value{}, fmt.Errorf("index .Args %d: the text has %d words after the keyword: put {{if gt (len .Args) %d}} before it and {{end}} behind",
				at.number, len(list.list), at.number)
		}
		return value{text: list.list[at.number]}, nil
	}}, nil
}

func compileJoin(args []expr) (expr, error) {
	if !kinds(args, listKind, textKind) {
		return expr{}, fmt.Errorf(`join takes a list and what to put between: write {{join .Args " "}}`)
	}
	return expr{textKind, func(x *execution) (value, error) {
		list, err := args[0].eval(x)
		if err != nil {
			return value{}, err
		}
		between, err := args[1].eval(x)
		return value{text: strings.Join(list.list, between.text)}, err
	}}, nil
}

func compileComparison(name string, args []expr) (expr, error) {
	if !kinds(args, textKind, textKind) && !kinds(args, numberKind, numberKind) {
		return expr{}, fmt.Errorf("%s compares two texts or two numbers: write {{if %s (len .Args) 1}}", name, name)
	}
	return expr{truthKind, func(x *execution) (value, error) {
		a, err := args[0].eval(x)
		if err != nil {
			return value{}, err
		}
		b, err := args[1].eval(x)
		if err != nil {
			return value{}, err
		}
		order := cmp.Compare(a.text, b.text)
		if args[0].kind == numberKind {
			order = cmp.Compare(a.number, b.number)
		}
		return value{truth: holds(name, order)}, nil
	}}, nil
}

func holds(comparison string, order int) bool {
	switch comparison {
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	case "gt":
		return order > 0
	}
	return order >= 0
}

func kinds(args []expr, wanted ...kind) bool {
	if len(args) != len(wanted) {
		return false
	}
	for i, a := range args {
		if a.kind != wanted[i] {
			return false
		}
	}
	return true
}
