// Package view lays out for people and programs: plans, reports and audits as
// text, Markdown, CSV and JSON, and progress on a terminal or in a log.
//
// Views only lay out. They decide nothing, call nothing and word no reason: the
// sentence of every reason, and the plan's headline, come from pkg/plan. What
// they print of AWS or of amis.yaml is made harmless first, because a name or a
// tag is whatever somebody typed. The same value gives the same bytes.
package view
