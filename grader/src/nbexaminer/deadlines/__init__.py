"""When something is due: `due` for an exercise, `extensions` for one learner."""
