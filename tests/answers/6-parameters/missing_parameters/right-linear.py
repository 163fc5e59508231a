missing_parameters = LLAMA_2_7B.n_layers * linear_parameters(LLAMA_2_7B.d_model, LLAMA_2_7B.d_ff, bias=False)
