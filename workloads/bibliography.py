"""The works that methods, criteria, optimizers, networks and data sets come from."""

from workloads.references import Reference

ICLR = "International Conference on Learning Representations"
ICML = "International Conference on Machine Learning"

HAN_2015 = Reference(
    "han2015learning", ("Han, Song", "Pool, Jeff", "Tran, John", "Dally, William J."),
    "Learning both Weights and Connections for Efficient Neural Networks", 2015,
    "Advances in Neural Information Processing Systems", eprint="1506.02626",
)  # fmt: skip
HU_2016 = Reference(
    "hu2016trimming", ("Hu, Hengyuan", "Peng, Rui", "Tai, Yu-Wing", "Tang, Chi-Keung"),
    "Network Trimming: A Data-Driven Neuron Pruning Approach towards Efficient Deep Architectures", 2016,
    kind="misc", eprint="1607.03250",
)  # fmt: skip
LI_2017 = Reference(
    "li2017pruning", ("Li, Hao", "Kadav, Asim", "Durdanovic, Igor", "Samet, Hanan", "Graf, Hans Peter"),
    "Pruning Filters for Efficient ConvNets", 2017, ICLR, eprint="1608.08710",
)  # fmt: skip
MOLCHANOV_2017 = Reference(
    "molchanov2017pruning",
    ("Molchanov, Pavlo", "Tyree, Stephen", "Karras, Tero", "Aila, Timo", "Kautz, Jan"),
    "Pruning Convolutional Neural Networks for Resource Efficient Inference", 2017, ICLR, eprint="1611.06440",
)  # fmt: skip
MOLCHANOV_2019 = Reference(
    "molchanov2019importance",
    ("Molchanov, Pavlo", "Mallya, Arun", "Tyree, Stephen", "Frosio, Iuri", "Kautz, Jan"),
    "Importance Estimation for Neural Network Pruning", 2019,
    "IEEE/CVF Conference on Computer Vision and Pattern Recognition", eprint="1906.10771",
)  # fmt: skip
MICHEL_2019 = Reference(
    "michel2019sixteen", ("Michel, Paul", "Levy, Omer", "Neubig, Graham"),
    "Are Sixteen Heads Really Better than One?", 2019, "Advances in Neural Information Processing Systems",
    eprint="1905.10650",
)  # fmt: skip
FANG_2023 = Reference(
    "fang2023depgraph",
    ("Fang, Gongfan", "Ma, Xinyin", "Song, Mingli", "Mi, Michael Bi", "Wang, Xinchao"),
    "DepGraph: Towards Any Structural Pruning", 2023,
    "IEEE/CVF Conference on Computer Vision and Pattern Recognition", eprint="2301.12900",
)  # fmt: skip
ZHU_2017 = Reference(
    "zhu2017prune", ("Zhu, Michael", "Gupta, Suyog"),
    "To Prune, or Not to Prune: Exploring the Efficacy of Pruning for Model Compression", 2017,
    kind="misc", eprint="1710.01878",
)  # fmt: skip
MOCANU_2018 = Reference(
    "mocanu2018scalable",
    ("Mocanu, Decebal Constantin", "Mocanu, Elena", "Stone, Peter", "Nguyen, Phuong H.", "Gibescu, Madeleine",
     "Liotta, Antonio"),
    "Scalable Training of Artificial Neural Networks with Adaptive Sparse Connectivity Inspired by Network Science",
    2018, "Nature Communications", "article", url="https://doi.org/10.1038/s41467-018-04316-3",
)  # fmt: skip
FRANKLE_2019 = Reference(
    "frankle2019lottery", ("Frankle, Jonathan", "Carbin, Michael"),
    "The Lottery Ticket Hypothesis: Finding Sparse, Trainable Neural Networks", 2019, ICLR, eprint="1803.03635",
)  # fmt: skip
LEE_2019 = Reference(
    "lee2019snip", ("Lee, Namhoon", "Ajanthan, Thalaiyasingam", "Torr, Philip H. S."),
    "SNIP: Single-Shot Network Pruning Based on Connection Sensitivity", 2019, ICLR, eprint="1810.02340",
)  # fmt: skip
WANG_2020 = Reference(
    "wang2020picking", ("Wang, Chaoqi", "Zhang, Guodong", "Grosse, Roger"),
    "Picking Winning Tickets Before Training by Preserving Gradient Flow", 2020, ICLR, eprint="2002.07376",
)  # fmt: skip
TANAKA_2020 = Reference(
    "tanaka2020pruning", ("Tanaka, Hidenori", "Kunin, Daniel", "Yamins, Daniel L. K.", "Ganguli, Surya"),
    "Pruning Neural Networks without Any Data by Iteratively Conserving Synaptic Flow", 2020,
    "Advances in Neural Information Processing Systems", eprint="2006.05467",
)  # fmt: skip
JORGE_2021 = Reference(
    "dejorge2021progressive",
    ("de Jorge, Pau", "Sanyal, Amartya", "Behl, Harkirat S.", "Torr, Philip H. S.", "Rogez, Grégory",
     "Dokania, Puneet K."),
    "Progressive Skeletonization: Trimming More Fat from a Network at Initialization", 2021, ICLR,
    eprint="2006.09081",
)  # fmt: skip
FRANKLE_2021 = Reference(
    "frankle2021pruning",
    ("Frankle, Jonathan", "Dziugaite, Gintare Karolina", "Roy, Daniel M.", "Carbin, Michael"),
    "Pruning Neural Networks at Initialization: Why Are We Missing the Mark?", 2021, ICLR, eprint="2009.08576",
)  # fmt: skip
LIU_2021_ITOP = Reference(
    "liu2021overparameterization",
    ("Liu, Shiwei", "Yin, Lu", "Mocanu, Decebal Constantin", "Pechenizkiy, Mykola"),
    "Do We Actually Need Dense Over-Parameterization? In-Time Over-Parameterization in Sparse Training", 2021, ICML,
    eprint="2102.02887",
)  # fmt: skip
LIU_2021_GRANET = Reference(
    "liu2021sparse",
    ("Liu, Shiwei", "Chen, Tianlong", "Chen, Xiaohan", "Atashgahi, Zahra", "Yin, Lu", "Kou, Huanyu", "Shen, Li",
     "Pechenizkiy, Mykola", "Wang, Zhangyang", "Mocanu, Decebal Constantin"),
    "Sparse Training via Boosting Pruning Plasticity with Neuroregeneration", 2021,
    "Advances in Neural Information Processing Systems", eprint="2106.10404",
)  # fmt: skip
YUAN_2021 = Reference(
    "yuan2021mest",
    ("Yuan, Geng", "Ma, Xiaolong", "Niu, Wei", "Li, Zhengang", "Kong, Zhenglun", "Liu, Ning", "Gong, Yifan",
     "Zhan, Zheng", "He, Chaoyang", "Jin, Qing", "Wang, Siyue", "Qin, Minghai", "Ren, Bin", "Wang, Yanzhi",
     "Liu, Sijia", "Lin, Xue"),
    "MEST: Accurate and Fast Memory-Economic Sparse Training Framework on the Edge", 2021,
    "Advances in Neural Information Processing Systems", eprint="2110.14032",
)  # fmt: skip
PESTE_2021 = Reference(
    "peste2021acdc", ("Peste, Alexandra", "Iofinova, Eugenia", "Vladu, Adrian", "Alistarh, Dan"),
    "AC/DC: Alternating Compressed/DeCompressed Training of Deep Neural Networks", 2021,
    "Advances in Neural Information Processing Systems", eprint="2106.12379",
)  # fmt: skip
EVCI_2020 = Reference(
    "evci2020rigging",
    ("Evci, Utku", "Gale, Trevor", "Menick, Jacob", "Castro, Pablo Samuel", "Elsen, Erich"),
    "Rigging the Lottery: Making All Tickets Winners", 2020, ICML, eprint="1911.11134",
)  # fmt: skip
FRANKLE_2020 = Reference(
    "frankle2020linear",
    ("Frankle, Jonathan", "Dziugaite, Gintare Karolina", "Roy, Daniel M.", "Carbin, Michael"),
    "Linear Mode Connectivity and the Lottery Ticket Hypothesis", 2020, ICML, eprint="1912.05671",
)  # fmt: skip
RENDA_2020 = Reference(
    "renda2020rewinding", ("Renda, Alex", "Frankle, Jonathan", "Carbin, Michael"),
    "Comparing Rewinding and Fine-Tuning in Neural Network Pruning", 2020, ICLR, eprint="2003.02389",
)  # fmt: skip
YOU_2020 = Reference(
    "you2020earlybird",
    ("You, Haoran", "Li, Chaojian", "Xu, Pengfei", "Fu, Yonggan", "Wang, Yue", "Chen, Xiaohan",
     "Baraniuk, Richard G.", "Wang, Zhangyang", "Lin, Yingyan"),
    "Drawing Early-Bird Tickets: Toward More Efficient Training of Deep Networks", 2020, ICLR, eprint="1909.11957",
)  # fmt: skip
ZHOU_2021 = Reference(
    "zhou2021learning",
    ("Zhou, Aojun", "Ma, Yukun", "Zhu, Junnan", "Liu, Jianbo", "Zhang, Zhijie", "Yuan, Kun", "Sun, Wenxiu",
     "Li, Hongsheng"),
    "Learning N:M Fine-Grained Structured Sparse Neural Networks from Scratch", 2021, ICLR, eprint="2102.04010",
)  # fmt: skip
FRANTAR_2023 = Reference(
    "frantar2023sparsegpt", ("Frantar, Elias", "Alistarh, Dan"),
    "SparseGPT: Massive Language Models Can Be Accurately Pruned in One-Shot", 2023, ICML, eprint="2301.00774",
)  # fmt: skip
SUN_2024 = Reference(
    "sun2024simple", ("Sun, Mingjie", "Liu, Zhuang", "Bair, Anna", "Kolter, J. Zico"),
    "A Simple and Effective Pruning Approach for Large Language Models", 2024, ICLR, eprint="2306.11695",
)  # fmt: skip
ROUX_2025 = Reference(
    "roux2025free", ("Roux, Christophe", "Zimmer, Max", "Wagner, Moritz", "Pokutta, Sebastian"),
    "A Free Lunch in LLM Compression: Revisiting Retraining after Pruning", 2025, kind="misc", eprint="2510.14444",
)  # fmt: skip
LEE_2021 = Reference(
    "lee2021lamp", ("Lee, Jaeho", "Park, Sejun", "Mo, Sangwoo", "Ahn, Sungsoo", "Shin, Jinwoo"),
    "Layer-Adaptive Sparsity for the Magnitude-Based Pruning", 2021, ICLR, eprint="2010.07611",
)  # fmt: skip
EVCI_2022 = Reference(
    "evci2022gradient", ("Evci, Utku", "Ioannou, Yani", "Keskin, Cem", "Dauphin, Yann"),
    "Gradient Flow in Sparse Neural Networks and How Lottery Tickets Win", 2022,
    "AAAI Conference on Artificial Intelligence", eprint="2010.03533",
)  # fmt: skip

KINGMA_2015 = Reference(
    "kingma2015adam", ("Kingma, Diederik P.", "Ba, Jimmy"),
    "Adam: A Method for Stochastic Optimization", 2015, ICLR, eprint="1412.6980",
)  # fmt: skip
LOSHCHILOV_2017 = Reference(
    "loshchilov2017sgdr", ("Loshchilov, Ilya", "Hutter, Frank"),
    "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, ICLR, eprint="1608.03983",
)  # fmt: skip
MICIKEVICIUS_2018 = Reference(
    "micikevicius2018mixed",
    ("Micikevicius, Paulius", "Narang, Sharan", "Alben, Jonah", "Diamos, Gregory", "Elsen, Erich", "Garcia, David",
     "Ginsburg, Boris", "Houston, Michael", "Kuchaiev, Oleksii", "Venkatesh, Ganesh", "Wu, Hao"),
    "Mixed Precision Training", 2018, ICLR, eprint="1710.03740",
)  # fmt: skip
LOSHCHILOV_2019 = Reference(
    "loshchilov2019decoupled", ("Loshchilov, Ilya", "Hutter, Frank"),
    "Decoupled Weight Decay Regularization", 2019, ICLR, eprint="1711.05101",
)  # fmt: skip
PASCANU_2013 = Reference(
    "pascanu2013difficulty", ("Pascanu, Razvan", "Mikolov, Tomas", "Bengio, Yoshua"),
    "On the Difficulty of Training Recurrent Neural Networks", 2013, ICML, eprint="1211.5063",
)  # fmt: skip
SRIVASTAVA_2014 = Reference(
    "srivastava2014dropout",
    ("Srivastava, Nitish", "Hinton, Geoffrey", "Krizhevsky, Alex", "Sutskever, Ilya", "Salakhutdinov, Ruslan"),
    "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014,
    "Journal of Machine Learning Research", "article", url="https://jmlr.org/papers/v15/srivastava14a.html",
)  # fmt: skip
IOFFE_2015 = Reference(
    "ioffe2015batch", ("Ioffe, Sergey", "Szegedy, Christian"),
    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", 2015, ICML,
    eprint="1502.03167",
)  # fmt: skip
GLOROT_2010 = Reference(
    "glorot2010difficulty", ("Glorot, Xavier", "Bengio, Yoshua"),
    "Understanding the Difficulty of Training Deep Feedforward Neural Networks", 2010,
    "International Conference on Artificial Intelligence and Statistics",
    url="https://proceedings.mlr.press/v9/glorot10a.html",
)  # fmt: skip

ALPAYDIN_1998 = Reference(
    "alpaydin1998digits", ("Alpaydin, Ethem", "Kaynak, Cenk"), "Optical Recognition of Handwritten Digits", 1998,
    "UCI Machine Learning Repository", "misc", url="https://doi.org/10.24432/C50P49",
)  # fmt: skip
LECUN_1998 = Reference(
    "lecun1998gradient", ("LeCun, Yann", "Bottou, Léon", "Bengio, Yoshua", "Haffner, Patrick"),
    "Gradient-Based Learning Applied to Document Recognition", 1998, "Proceedings of the IEEE", "article",
    url="https://doi.org/10.1109/5.726791",
)  # fmt: skip
KARPATHY_2015 = Reference(
    "karpathy2015unreasonable", ("Karpathy, Andrej",),
    "The Unreasonable Effectiveness of Recurrent Neural Networks", 2015, kind="misc",
    url="https://karpathy.github.io/2015/05/21/rnn-effectiveness/",
)  # fmt: skip
XIAO_2017 = Reference(
    "xiao2017fashion", ("Xiao, Han", "Rasul, Kashif", "Vollgraf, Roland"),
    "Fashion-MNIST: A Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017,
    kind="misc", eprint="1708.07747",
)  # fmt: skip
RADFORD_2019 = Reference(
    "radford2019language",
    ("Radford, Alec", "Wu, Jeffrey", "Child, Rewon", "Luan, David", "Amodei, Dario", "Sutskever, Ilya"),
    "Language Models are Unsupervised Multitask Learners", 2019, "OpenAI", "techreport",
    url="https://openai.com/research/better-language-models",
)  # fmt: skip
