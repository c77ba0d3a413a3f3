// Package sandbox is a simulated AWS for tools that copy, share and retire
// machine images: EC2 (the Query API 2016-11-15), STS, SSM, KMS and Service
// Quotas behind one endpoint, with as many accounts and Regions as a scene
// declares.
//
// A Cloud is an http.Handler. It can be served over a socket, or used in
// process through Transport, which starts no goroutine and needs no socket and
// therefore works inside a testing/synctest bubble. Time is a Clock that can
// run faster than real time and be moved: days of copying take milliseconds.
//
// It is strict on purpose. An action or a parameter that it does not know is
// refused as EC2 refuses it, never ignored, so that a client cannot pass here
// and fail on AWS by relying on something that was silently dropped. Where AWS
// does not document a behaviour, the behaviour is a switch in Assumptions.
//
// Signatures are not verified: whoever can reach the endpoint may do anything
// in it. Only the credential scope of the signature is read, because it is the
// one place where a request says which Region and which account it is for.
package sandbox
