"""Made-up people, firms, numbers and addresses in Chinese.

No person, firm or number is taken from a real list; a likeness is chance. China keeps no range of mobile numbers for
fiction, so the mobiles are drawn from all prefixes in use and may belong to somebody: never call or text them.
Mail domains lie under `example.com`, which is reserved (RFC 2606).
"""

from __future__ import annotations

from random import Random

from crmsheet.sample.language import Language, Name, Place

_SURNAMES = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he "
    "林lin 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 邓deng 冯feng 曹cao 彭peng 曾zeng 肖xiao "
    "田tian 董dong 潘pan 袁yuan 蔡cai 蒋jiang 余yu 于yu 杜du 叶ye 程cheng 魏wei 苏su 吕lv 丁ding 任ren 卢lu 姚yao "
    "沈shen 钟zhong 姜jiang 崔cui 谭tan 陆lu 范fan 汪wang 廖liao 石shi 金jin 韦wei 贾jia 夏xia 付fu 方fang 邹zou "
    "熊xiong 白bai 孟meng 秦qin 邱qiu 侯hou 江jiang 尹yin 薛xue 闫yan 段duan 雷lei 龙long 黎li 史shi 陶tao 贺he "
    "毛mao 郝hao 顾gu 龚gong 邵shao 覃qin 欧阳ouyang 司马sima 上官shangguan 诸葛zhuge 慕容murong 令狐linghu "
    "尉迟yuchi 东方dongfang"
)
_GIVEN = (
    "伟wei 芳fang 娜na 敏min 静jing 强qiang 磊lei 洋yang 艳yan 勇yong 军jun 杰jie 涛tao 明ming 超chao 秀xiu 霞xia "
    "平ping 刚gang 桂gui 文wen 辉hui 玲ling 华hua 红hong 玉yu 建jian 国guo 志zhi 海hai 雪xue 晓xiao 春chun 梅mei "
    "丽li 燕yan 鹏peng 飞fei 宇yu 浩hao 欣xin 怡yi 子zi 轩xuan 涵han 梓zi 琪qi 嘉jia 思si 雨yu 佳jia 博bo 凯kai "
    "鑫xin 俊jun 婷ting 颖ying 倩qian 慧hui 宁ning 萍ping 健jian 峰feng 亮liang 波bo 斌bin 旭xu 阳yang 晨chen "
    "睿rui 诗shi 悦yue 瑶yao 彤tong 航hang"
)
_BRAND = (
    "栎li 澜lan 砚yan 岫xiu 霁ji 槿jin 鹭lu 芷zhi 珑long 祺qi 煦xu 沅yuan 漪yi 筠yun 珩heng 翎ling 璟jing 昀yun "
    "澍shu 翊yi 铄shuo 弘hong 禾he 帆fan 屿yu 岚lan 曜yao 辰chen 朔shuo 泽ze 衡heng 拓tuo 序xu 朗lang 峤qiao "
    "澄cheng 桐tong 谷gu 川chuan 墨mo 瑾jin 羽yu 舟zhou 鸣ming 源yuan 科ke 达da 信xin 诚cheng 联lian 创chuang "
    "众zhong 汇hui 腾teng 恒heng 远yuan 立li 同tong"
)
_BUSINESS = (
    "机械 电子科技 自动化设备 化工 医药 医疗器械 食品 贸易 物流 建材 装饰工程 信息技术 网络科技 软件 塑胶制品 "
    "五金制品 服饰 纺织 包装材料 仪器仪表 环保科技 新能源 农业发展 教育咨询 文化传媒 酒店管理 汽车配件 电气 光电 "
    "精密模具"
)
_FORMS = ("有限公司", "有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
_ROADS = (
    "人民路 中山路 解放路 建设路 文化路 和平路 长江路 黄河路 科技路 创业路 滨河路 学府路 工业大道 迎宾大道 金融街 "
    "朝阳街 新华路 振兴路"
)
_BUILDINGS = ("", "", "创新大厦", "国际广场", "科技园", "软件园", "工业园", "商务中心", "时代中心")
_MOBILE = (
    "130 131 132 133 135 136 137 138 139 147 150 151 152 153 155 156 157 158 159 166 173 175 176 177 178 180 181 182 "
    "183 185 186 187 188 189 191 193 195 198 199"
)
# province, city, districts, area code, administrative division (GB/T 2260), weight
_PLACES = (
    ("北京市", "北京市", "朝阳区 海淀区 丰台区 通州区", "10", "110105", 10),
    ("上海市", "上海市", "浦东新区 闵行区 徐汇区 嘉定区", "21", "310115", 10),
    ("广东省", "广州市", "天河区 番禺区 白云区 黄埔区", "20", "440106", 8),
    ("广东省", "深圳市", "南山区 福田区 宝安区 龙岗区", "755", "440305", 9),
    ("广东省", "东莞市", "", "769", "441900", 3),
    ("浙江省", "杭州市", "西湖区 滨江区 余杭区 萧山区", "571", "330106", 7),
    ("浙江省", "宁波市", "鄞州区 海曙区 北仑区", "574", "330212", 4),
    ("江苏省", "南京市", "鼓楼区 江宁区 玄武区", "25", "320106", 5),
    ("江苏省", "苏州市", "姑苏区 吴中区 虎丘区", "512", "320508", 6),
    ("四川省", "成都市", "武侯区 锦江区 高新区", "28", "510107", 6),
    ("重庆市", "重庆市", "渝北区 江北区 九龙坡区", "23", "500112", 4),
    ("湖北省", "武汉市", "武昌区 洪山区 江汉区", "27", "420106", 5),
    ("湖南省", "长沙市", "岳麓区 雨花区 开福区", "731", "430104", 4),
    ("山东省", "青岛市", "市南区 崂山区 黄岛区", "532", "370202", 4),
    ("山东省", "济南市", "历下区 槐荫区 历城区", "531", "370102", 3),
    ("河南省", "郑州市", "金水区 二七区 中原区", "371", "410105", 4),
    ("陕西省", "西安市", "雁塔区 碑林区 未央区", "29", "610113", 4),
    ("福建省", "福州市", "鼓楼区 台江区 仓山区", "591", "350102", 3),
    ("辽宁省", "沈阳市", "和平区 沈河区 铁西区", "24", "210102", 3),
    ("天津市", "天津市", "和平区 南开区 河西区", "22", "120101", 3),
    ("安徽省", "合肥市", "蜀山区 包河区 庐阳区", "551", "340104", 2),
    ("云南省", "昆明市", "五华区 盘龙区 官渡区", "871", "530102", 2),
)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def _pairs(words: str) -> tuple[tuple[str, str], ...]:
    """`王wang` becomes ("王", "wang")."""
    return tuple(
        ("".join(c for c in word if not c.isascii()), "".join(c for c in word if c.isascii())) for word in words.split()
    )


_SURNAME_PAIRS, _GIVEN_PAIRS, _BRAND_PAIRS = _pairs(_SURNAMES), _pairs(_GIVEN), _pairs(_BRAND)
_BUSINESSES, _MOBILE_PREFIXES, _ROAD_NAMES = tuple(_BUSINESS.split()), tuple(_MOBILE.split()), tuple(_ROADS.split())


def _person(rng: Random) -> Name:
    # Squaring the draw makes the first surnames the common ones, as they are.
    surname, latin = _SURNAME_PAIRS[int(rng.random() ** 2 * len(_SURNAME_PAIRS))]
    given = [rng.choice(_GIVEN_PAIRS) for _ in range(1 if rng.random() < 0.25 else 2)]
    return Name(surname + "".join(g[0] for g in given), latin + "".join(g[1] for g in given), surname)


def _company(rng: Random, place: Place) -> Name:
    first, second = rng.choice(_BRAND_PAIRS), rng.choice(_BRAND_PAIRS)
    brand, business, form = first[0] + second[0], rng.choice(_BUSINESSES), rng.choice(_FORMS)
    town = place.city.removesuffix("市")
    draw = rng.random()
    if draw < 0.70:
        full = f"{town}{brand}{business}{form}"
    elif draw < 0.85:
        full = f"{brand}{business}（{town}）{form}"
    else:
        full = f"{place.province if rng.random() < 0.5 else place.city}{brand}{business}{form}"
    return Name(full, first[1] + second[1], brand + business[:2])


def _branch(name: str, place: Place) -> str:
    return f"{name}{place.city.removesuffix('市')}分公司"


def _mobile(rng: Random, place: Place, attempt: int) -> str:
    del place, attempt  # a mobile keeps its number when its owner moves
    return f"{rng.choice(_MOBILE_PREFIXES)}{rng.randrange(10**8):08d}"


def _landline(rng: Random, place: Place, attempt: int) -> str:
    del attempt
    return f"0{place.area}-{rng.randrange(6, 8)}{rng.randrange(10**7):07d}"


def _address(rng: Random, place: Place) -> str:
    district = rng.choice(place.districts) if place.districts else ""
    town = place.city if place.city == place.province else place.province + place.city
    building = rng.choice(_BUILDINGS)
    room = f"{building}{rng.randrange(2, 29)}{rng.randrange(1, 20):02d}室" if building else ""
    return f"{town}{district}{rng.choice(_ROAD_NAMES)}{rng.randrange(1, 999)}号{room}"


def _e164(spelled: str) -> str:
    digits = spelled.replace("-", "").lstrip("0")
    return f"+86{digits}"


def _uscc(rng: Random, place: Place) -> str:
    """A unified social credit code with a right check character (GB 32100-2015); the body is drawn at random."""
    body = f"91{place.division}" + "".join(rng.choice(_USCC) for _ in range(8))
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body[8:16]]
    total = sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = (11 - total % 11) % 11
    body += "X" if check == 10 else str(check)
    total = sum(_USCC.index(c) * w for c, w in zip(body, _USCC_WEIGHTS, strict=True))
    return body + _USCC[(31 - total % 31) % 31]


CHINESE = Language(
    code="zh",
    region="CN",
    places=tuple(Place(p[0], p[1], tuple(p[2].split()), p[3], p[4]) for p in _PLACES),
    place_weights=tuple(p[5] for p in _PLACES),
    choices={
        "kind": ("企业", "个人"),
        "relation": ("直客", "代理商", "经销商", "供应商", "其他"),
        "industry": (
            "制造业",
            "批发零售",
            "信息技术",
            "建筑业",
            "医疗健康",
            "教育",
            "餐饮住宿",
            "物流运输",
            "农业",
            "其他",
        ),
        "source": ("转介绍", "展会", "网络推广", "电话开发", "老客户", "官网", "其他"),
        "stage": ("潜在", "培育", "转化", "成交", "保留", "流失"),
        "level": ("B", "C", "A", "D"),
        "contact_title": ("经理", "采购经理", "总经理", "采购主管", "负责人", "工程师", "财务经理"),
        "tags": ("老客户", "重点", "月结", "含税价", "需回访", "价格敏感", "样品已寄"),
        "channel": ("电话", "微信", "拜访", "邮件", "会议", "企业微信"),
        "opportunity_stage": ("初步接触", "需求确认", "方案报价", "商务谈判", "赢单", "输单", "搁置"),
        "transaction_kind": ("购买", "服务", "退货"),
        "staff_role": ("销售", "客服", "管理"),
        "bool": ("是", "否"),
        "decision_role": ("决策者", "影响者", "使用者", "采购"),
    },
    staff=(
        ("周敏", "zhoumin"),
        ("陈志强", "chenzhiqiang"),
        ("林晓燕", "linxiaoyan"),
        ("赵鹏飞", "zhaopengfei"),
        ("欧阳静", "ouyangjing"),
        ("孙建国", "sunjianguo"),
        ("何雨欣", "heyuxin"),
        ("黄丽", "huangli"),
    ),
    sheet_words={
        "title": "客户关系管理书",
        "notes": "说明",
        "summary": "汇总",
        "choices": "选项",
        "total": "合计",
        "high": "高",
        "normal": "普通",
        "booth": "展会摊位",
        "credit_band": "授信档",
        "count": "客户数",
        "amount": "成交金额",
        "share": "占比",
        "owner": "负责人",
        "test": "测试",
        "made_by": "制表人：周敏",
    },
    products=(
        ("标准型传感器", "个", 180),
        ("工业交换机", "台", 1260),
        ("伺服电机", "台", 2380),
        ("控制柜", "套", 9800),
        ("年度维保服务", "年", 6000),
        ("安装调试", "次", 1500),
        ("备件包", "套", 680),
        ("软件授权", "套", 12800),
    ),
    templates={
        "summary": (
            "介绍{product}，客户表示感兴趣",
            "已报价{product}，等待审批",
            "客户反馈{product}价格偏高，需申请折扣",
            "确认{product}交期，客户要求月底前到货",
            "回访使用情况，整体满意",
            "电话未接通，改发微信",
            "送样，约定两周后反馈",
            "对账，尚有尾款未付",
            "客户预算推迟到下季度",
            "陪同技术到现场勘察",
        ),
        "next_step": ("发送正式报价单", "约时间上门拜访", "跟进付款", "寄送样品", "确认合同条款", "下月再联系", ""),
        "notes": (
            "发票需提前三天申请",
            "只接受月结30天",
            "下午联系较方便",
            "由老客户介绍",
            "对交期要求高",
            "喜欢微信沟通",
            "需走招标流程",
        ),
        "opportunity": ("{product}采购", "{product}年度框架", "{product}升级改造"),
        "outcome": ("有意向", "待定", "已成交", "无意向"),
        "manual": (
            "本表由销售内勤维护，各销售每周五前更新自己的客户。",
            "客户编号请勿修改，新客户顺延编号。",
            "客户级别由销售主管填写；授信档由公式计算，请勿覆盖。",
            "黄色底色：本月重点跟进客户。",
            "问题请联系周敏。",
        ),
    },
    person=_person,
    company=_company,
    branch=_branch,
    mobile=_mobile,
    landline=_landline,
    address=_address,
    e164=_e164,
    identifier=_uscc,
)
