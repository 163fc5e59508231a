counts = transformer_parameters(LLAMA_2_7B)
missing_parameters = counts["total"] - sum(COPIED_TABLE.values())
