package program

import (
	"fmt"
	"strconv"
	"text/template/parse"
)

// compileList turns the nodes of a template into steps. inRange says whether the dot is a word of .Args.
func compileList(list *parse.ListNode, inRange bool) (block, error) {
	if list == nil {
		return nil, nil
	}
	var b block
	for _, n := range list.Nodes {
		s, err := compileNode(n, inRange)
		if err != nil {
			return nil, err
		}
		b = append(b, s)
	}
	return b, nil
}

func compileNode(n parse.Node, inRange bool) (step, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		text := string(n.Text)
		return func(x *execution) error { x.out.WriteString(text); return nil }, nil
	case *parse.ActionNode:
		return compileAction(n, inRange)
	case *parse.IfNode:
		return compileIf(n, inRange)
	case *parse.RangeNode:
		return compileRange(n, inRange)
	}
	return nil, fmt.Errorf("%s is not supported: only if, range and fields are", n)
}

func compileAction(n *parse.ActionNode, inRange bool) (step, error) {
	e, err := compilePipe(n.Pipe, inRange)
	if err != nil {
		return nil, err
	}
	switch e.kind {
	case listKind:
		return nil, fmt.Errorf(`%s is a list: write {{join .Args " "}}`, n)
	case truthKind:
		return nil, fmt.Errorf("%s is a comparison: write {{if %s}}…{{end}}", n, n.Pipe)
	}
	return func(x *execution) error {
		v, err := e.eval(x)
		x.out.WriteString(v.printed(e.kind))
		return err
	}, nil
}

func compileIf(n *parse.IfNode, inRange bool) (step, error) {
	condition, err := compilePipe(n.Pipe, inRange)
	if err != nil {
		return nil, err
	}
	then, err := compileList(n.List, inRange)
	if err != nil {
		return nil, err
	}
	otherwise, err := compileList(n.ElseList, inRange)
	if err != nil {
		return nil, err
	}
	return func(x *execution) error {
		v, err := condition.eval(x)
		if err != nil {
			return err
		}
		if v.isTrue(condition.kind) {
			return then.do(x)
		}
		return otherwise.do(x)
	}, nil
}

func compileRange(n *parse.RangeNode, inRange bool) (step, error) {
	if inRange {
		return nil, fmt.Errorf("{{range %s}} inside {{range}}: one is enough, since there is one list", n.Pipe)
	}
	list, err := compilePipe(n.Pipe, inRange)
	if err != nil {
		return nil, err
	}
	if list.kind != listKind {
		return nil, fmt.Errorf("{{range %s}} is not over a list: write {{range .Args}}{{.}}{{end}}", n.Pipe)
	}
	body, err := compileList(n.List, true)
	if err != nil {
		return nil, err
	}
	otherwise, err := compileList(n.ElseList, inRange)
	if err != nil {
		return nil, err
	}
	return func(x *execution) error {
		v, err := list.eval(x)
		if err != nil {
			return err
		}
		if len(v.list) == 0 {
			return otherwise.do(x)
		}
		for _, x.dot = range v.list {
			if err := body.do(x); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func compilePipe(p *parse.PipeNode, inRange bool) (expr, error) {
	if len(p.Decl) > 0 {
		return expr{}, fmt.Errorf("{{%s}}: variables are not supported: write {{range .Args}}{{.}}{{end}} or the field itself", p)
	}
	if len(p.Cmds) != 1 {
		return expr{}, fmt.Errorf("{{%s}}: the | is not supported: write the function first, as in {{len .Args}}", p)
	}
	args := p.Cmds[0].Args
	if f, ok := args[0].(*parse.IdentifierNode); ok {
		return compileCall(f.Ident, args[1:], inRange)
	}
	if len(args) > 1 {
		return expr{}, fmt.Errorf("{{%s}}: %s takes no words after it: write {{index .Args 0}} for one of .Args", p, args[0])
	}
	return compileOperand(args[0], inRange)
}

// compileOperand compiles what may stand by itself or behind a function.
func compileOperand(n parse.Node, inRange bool) (expr, error) {
	switch n := n.(type) {
	case *parse.FieldNode:
		if inRange {
			return expr{}, fmt.Errorf("%s inside {{range}}: write $%s", n, n)
		}
		return compileField(n.String(), n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			return compileField(n.String(), n.Ident[1:])
		}
		return expr{}, fmt.Errorf("%s: variables are not supported: write the field itself", n)
	case *parse.DotNode:
		if !inRange {
			return expr{}, fmt.Errorf("{{.}} outside {{range}}: write a field: %s", fieldNames)
		}
		return expr{textKind, func(x *execution) (value, error) { return value{text: x.dot}, nil }}, nil
	case *parse.StringNode:
		return constant(textKind, value{text: n.Text}), nil
	case *parse.NumberNode:
		number, err := strconv.Atoi(n.Text)
		if err != nil {
			return expr{}, fmt.Errorf("%s: only whole numbers are supported", n)
		}
		return constant(numberKind, value{number: number}), nil
	case *parse.PipeNode:
		return compilePipe(n, inRange)
	case *parse.IdentifierNode:
		return compileCall(n.Ident, nil, inRange)
	}
	return expr{}, fmt.Errorf("%s is not supported: write a field (%s) or one of the functions %s", n, fieldNames, functionNames)
}

const fieldNames = ".Brand .Contact .Identity .Keyword .Args"

func compileField(written string, names []string) (expr, error) {
	text := func(get func(*Data) string) (expr, error) {
		return expr{textKind, func(x *execution) (value, error) { return value{text: get(x.data)}, nil }}, nil
	}
	if len(names) == 1 {
		switch names[0] {
		case "Brand":
			return text(func(d *Data) string { return d.Brand })
		case "Contact":
			return text(func(d *Data) string { return d.Contact })
		case "Identity":
			return text(func(d *Data) string { return d.Identity })
		case "Keyword":
			return text(func(d *Data) string { return d.Keyword })
		case "Args":
			return expr{listKind, func(x *execution) (value, error) { return value{list: x.data.Args}, nil }}, nil
		}
	}
	do := "there are " + fieldNames
	if s := nearest(names[0], []string{"Brand", "Contact", "Identity", "Keyword", "Args"}); s != "" {
		do = "did you mean ." + s + "?"
	}
	return expr{}, fmt.Errorf("there is no field %s: %s", written, do)
}

func constant(k kind, v value) expr {
	return expr{k, func(*execution) (value, error) { return v, nil }}
}
