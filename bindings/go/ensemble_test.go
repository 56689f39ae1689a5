package pporisk

import "testing"

// TestMembersDecideByTheMeanOfTheirWeights joins an agent with itself, and with another.
func TestMembersDecideByTheMeanOfTheirWeights(t *testing.T) {
	agent, other := fresh(t), fresh(t)
	defer agent.Close()
	defer other.Close()
	both, err := agent.WithMember(other)
	ok(t, err)
	defer both.Close()
	count, err := both.MemberCount()
	if ok(t, err); count != 2 {
		t.Errorf("%d members", count)
	}
	states, err := both.StateLen()
	ok(t, err)
	actions, err := both.ActionLen()
	ok(t, err)
	state := make([]float32, states)
	fillState(7, state)
	alone, together := make([]float64, actions), make([]float64, actions)
	ok(t, agent.SelectAction(state, nil, alone))
	ok(t, both.SelectAction(state, nil, together))
	apart, err := both.Disagreement(state, nil)
	if ok(t, err); apart != 0 {
		t.Errorf("the same policy twice disagrees by %v", apart)
	}
	for i := range alone {
		if alone[i] != together[i] {
			t.Errorf("%v alone, %v together", alone, together)
		}
	}
	_, err = both.Disagreement(state[1:], nil)
	refused(t, err, ErrLength, "state")
}
